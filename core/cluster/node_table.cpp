// SPDX-License-Identifier: Apache-2.0
#include "core/cluster/node_table.hpp"

#include "core/cluster/stored_job.hpp"

namespace cex::cluster {
namespace {

constexpr std::size_t kLargestAnnouncement = std::size_t{16} << 20U;

Result<std::vector<std::string>> read_ids(const Reply& list) {
  std::vector<std::string> ids;
  for (const Reply& item : list.items) {
    CEX_TRY(std::string id, read_id(item));
    ids.push_back(std::move(id));
  }
  return ids;
}

}  // namespace

Result<Pulse> NodeTable::beat(const Beat& beat) {
  std::vector<std::string> words{node_, std::to_string(beat.lease.count()), beat.announcement_name,
                                 beat.announcement, std::to_string(beat.alive_for.count())};
  for (const auto& [id, attempt] : beat.running) {
    words.push_back(id);
    words.push_back(std::to_string(attempt));
  }
  CEX_TRY(const Reply answer, client_.run(Script::heartbeat, views_of(words)));
  Pulse pulse;
  CEX_TRY(pulse.lost, read_ids(answer[0]));
  CEX_TRY(pulse.cancelled, read_ids(answer[1]));
  pulse.waiting = answer[2].as_number().value_or(0);
  pulse.waiting_bytes = answer[3].as_number().value_or(0);
  pulse.claims = answer[4].as_number().value_or(0);
  pulse.announcement_kept = beat.announcement_name.empty() || answer[5].as_number() == 1U;
  return pulse;
}

Result<void> NodeTable::leave() {
  CEX_CHECK(client_.run(Script::leave, {node_}));
  return {};
}

Result<std::vector<std::pair<std::string, std::string>>> NodeTable::nodes() {
  CEX_TRY(const Reply answer, client_.run(Script::nodes, {}));
  std::vector<std::pair<std::string, std::string>> nodes;
  for (std::size_t i = 0; i + 1 < answer.items.size(); i += 2) {
    nodes.emplace_back(answer[i].text, answer[i + 1].text);
  }
  return nodes;
}

Result<std::string> NodeTable::announcement(const std::string& name) {
  const std::string key = client_.key("languages:" + name);
  CEX_TRY(const Reply answer, client_.command({"GET", key}));
  const auto text = answer.as_text();
  if (!text) return fail(Errc::not_found, "a node's announcement is gone");
  if (text->size() > kLargestAnnouncement) return not_ours("an announcement");
  return std::string{*text};
}

}  // namespace cex::cluster
