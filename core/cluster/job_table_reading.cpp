// SPDX-License-Identifier: Apache-2.0
// How the table answers questions about jobs.
#include <cstdint>
#include <utility>

#include "core/base/log.hpp"
#include "core/base/text.hpp"
#include "core/cluster/job_table.hpp"
#include "core/cluster/stored_event.hpp"
#include "core/cluster/stored_job.hpp"

namespace cex::cluster {
namespace {

// About 256 KiB, since output is joined up to 16 KiB.
constexpr std::uint64_t kEventsAtOnce = 16;
constexpr std::uint64_t kBeyondAll = std::uint64_t{1} << 63U;
constexpr const char* kScanAtOnce = "1000";

tl::unexpected<Error> no_such_job() {
  return fail(Errc::not_found, "there is no such job, or its result has expired");
}

std::string word_for(const std::optional<JobState>& state) {
  return state ? std::string{to_string(*state)} : std::string{};
}

std::string word_for(const std::optional<Verdict>& status) {
  return status ? std::to_string(static_cast<unsigned>(*status)) : std::string{};
}

// A label as flatten() of job_table.cpp writes it, or the beginning of one.
std::string word_for_label(const std::string& label) {
  if (label.empty()) return {};
  const auto equals = label.find('=');
  const std::string key = "\x1f" + label.substr(0, equals) + "\x1e";
  return equals == std::string::npos ? key : key + label.substr(equals + 1) + "\x1f";
}

}  // namespace

Result<std::string> JobTable::owner(const std::string& id) {
  const std::string key = client_.key("job:" + id);
  CEX_TRY(const Reply answer, client_.command({"HGET", key, "tenant"}));
  const auto tenant = answer.as_text();
  if (!tenant) return no_such_job();
  return std::string{*tenant};
}

Result<std::optional<storage::JobHead>> JobTable::waiting(const std::string& id) {
  const std::string key = client_.key("job:" + id);
  CEX_TRY(const Reply answer, client_.command({"HMGET", key, "v", "head", "state"}));
  if (answer[2].is_nil()) return no_such_job();
  if (answer[2].as_text() != "queued") return std::nullopt;
  CEX_TRY(auto head, read_head(answer[0], answer[1]));
  return head;
}

Result<Depth> JobTable::depth() {
  const std::string key = client_.key("depth");
  CEX_TRY(const Reply answer, client_.command({"HMGET", key, "jobs", "bytes"}));
  return Depth{answer[0].as_number().value_or(0), answer[1].as_number().value_or(0)};
}

Result<JobView> JobTable::get(const std::string& id) {
  CEX_TRY(const Reply answer, client_.run(Script::get, {id}));
  if (answer.is_nil()) return no_such_job();
  return read_view(answer);
}

Result<JobPage> JobTable::list(const JobFilter& filter) {
  if (!filter.cursor.empty() && !parse_u64(filter.cursor)) {
    return fail(Errc::invalid_request, "cursor: not one of this server's");
  }
  const std::vector<std::string> words{filter.tenant,
                                       filter.cursor,
                                       std::to_string(filter.limit),
                                       kScanAtOnce,
                                       word_for(filter.state),
                                       word_for(filter.status),
                                       filter.language,
                                       word_for_label(filter.label)};
  CEX_TRY(const Reply answer, client_.run(Script::list, views_of(words)));
  JobPage page;
  for (const Reply& row : answer[1].items) {
    auto view = read_view(row);
    if (view) {
      page.jobs.push_back(*std::move(view));
    } else {
      log::warning("a job is left out of a list", {{"reason", view.error().message}});
    }
  }
  const auto next = answer[0].as_text();
  if (next && !next->empty()) page.next_cursor = std::string{*next};
  return page;
}

Result<EventsRead> JobTable::events(const std::string& id, std::uint64_t after) {
  const bool none = after >= kBeyondAll;
  const std::string from = none ? "-" : std::to_string(after + 1) + "-0";
  const std::string limit = std::to_string(none ? 0 : kEventsAtOnce);
  CEX_TRY(const Reply answer, client_.run(Script::events, {id, from, limit}));
  if (answer.is_nil()) return no_such_job();
  EventsRead read;
  const auto state = answer[0].as_text();
  read.ended = state == "finished" || state == "cancelled";
  for (const Reply& entry : answer[1].items) {
    auto event = read_event(entry);
    if (!event) return not_ours("an event");
    read.events.push_back(*std::move(event));
  }
  read.whole = none || answer[1].items.size() < kEventsAtOnce;
  return read;
}

Result<void> JobTable::watch(const std::string& id) {
  CEX_TRY(const Reply answer, client_.run(Script::watch, {node_, id}));
  if (answer.as_number() != 1U) return no_such_job();
  return {};
}

Result<void> JobTable::watch_again(const std::vector<std::string>& ids) {
  if (ids.empty()) return {};
  RedisClient::Words words{node_};
  words.insert(words.end(), ids.begin(), ids.end());
  CEX_CHECK(client_.run(Script::watch, words));
  return {};
}

Result<void> JobTable::unwatch(const std::vector<std::string>& ids) {
  if (ids.empty()) return {};
  RedisClient::Words words{node_};
  words.insert(words.end(), ids.begin(), ids.end());
  CEX_CHECK(client_.run(Script::unwatch, words));
  return {};
}

}  // namespace cex::cluster
