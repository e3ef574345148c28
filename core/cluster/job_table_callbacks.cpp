// SPDX-License-Identifier: Apache-2.0
// Who is still to be told of a job's end.
#include <cstdint>
#include <string>
#include <vector>

#include "core/cluster/job_table.hpp"

namespace cex::cluster {

Result<std::optional<Callback>> JobTable::take_callback(std::chrono::milliseconds lease,
                                                        const CallbackBusy& busy) {
  const std::string time = std::to_string(lease.count());
  const std::string hosts = std::to_string(busy.hosts.size());
  RedisClient::Words words{time, hosts};
  words.insert(words.end(), busy.hosts.begin(), busy.hosts.end());
  words.insert(words.end(), busy.tenants.begin(), busy.tenants.end());
  CEX_TRY(const Reply answer, client_.run(Script::take_callback, words));
  if (answer.is_nil()) return std::nullopt;
  const auto job = answer[0].as_text();
  const auto tenant = answer[1].as_text();
  const auto url = answer[2].as_text();
  const auto host = answer[3].as_text();
  const auto tries = answer[4].as_number();
  if (!job || !tenant || !url || !host || !tries) {
    return fail(Errc::internal, "Redis has a callback that is none of ours");
  }
  return Callback{std::string{*job},
                  std::string{*tenant},
                  {std::string{*url}, std::string{*host}},
                  static_cast<std::uint32_t>(*tries)};
}

Result<void> JobTable::callback_done(const std::string& job) {
  CEX_CHECK(client_.run(Script::note_callback, {job, "0", ""}));
  return {};
}

Result<void> JobTable::callback_again(const std::string& job, std::uint32_t tries,
                                      std::chrono::milliseconds delay) {
  const std::string number = std::to_string(tries);
  const std::string wait = std::to_string(delay.count());
  CEX_CHECK(client_.run(Script::note_callback, {job, number, wait}));
  return {};
}

Result<std::uint64_t> JobTable::callbacks() {
  const std::string depth = client_.key("depth");
  CEX_TRY(const Reply answer, client_.command({"HGET", depth, "callbacks"}));
  return answer.as_number().value_or(0);
}

}  // namespace cex::cluster
