// SPDX-License-Identifier: Apache-2.0
#include "core/cluster/stored_job.hpp"

#include <algorithm>
#include <cctype>
#include <cstdint>

namespace cex::cluster {
namespace {

constexpr std::size_t kLongestId = 64;
constexpr std::size_t kLargestHead = std::size_t{4} << 20U;

}  // namespace

tl::unexpected<Error> not_ours(std::string_view what) {
  return fail(Errc::internal, "redis: " + std::string{what} + " is not of this service's making");
}

Result<std::string> read_id(const Reply& reply) {
  const auto text = reply.as_text();
  const bool good =
      text && !text->empty() && text->size() <= kLongestId &&
      std::ranges::all_of(*text, [](unsigned char c) { return std::isalnum(c) != 0; });
  if (!good) return not_ours("a job's id");
  return std::string{*text};
}

std::optional<WallTime> read_time_us(const Reply& reply) {
  constexpr std::uint64_t kLatest = 32'503'680'000'000'000;  // the year 3000
  const auto number = reply.as_number();
  if (!number || *number > kLatest) return std::nullopt;
  return WallTime{std::chrono::microseconds{*number}};
}

Result<storage::JobHead> read_head(const Reply& format, const Reply& head) {
  if (format.as_text() != kFormat) return not_ours("a job (of another version?)");
  const auto bytes = head.as_text();
  if (!bytes || bytes->size() > kLargestHead) return not_ours("a job's head");
  return storage::decode_head(*bytes);
}

Result<JobView> read_view(const Reply& row) {
  if (const auto ended = row[3].as_text()) {
    if (row[0].as_text() != kFormat) return not_ours("a job (of another version?)");
    return storage::decode_view(*ended);
  }
  CEX_TRY(storage::JobHead head, read_head(row[0], row[2]));
  JobView view = std::move(head.view);
  if (row[1].as_text() == "running") {
    const auto started = read_time_us(row[4]);
    if (!started) return not_ours("the time of a job");
    view.state = JobState::running;
    view.started_at = *started;
    view.queued_for = std::max(Nanoseconds{0}, Nanoseconds{*started - view.created_at});
  }
  return view;
}

RedisClient::Words views_of(const std::vector<std::string>& words) {
  return {words.begin(), words.end()};
}

}  // namespace cex::cluster
