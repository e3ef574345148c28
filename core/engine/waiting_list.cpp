// SPDX-License-Identifier: Apache-2.0
#include "core/engine/waiting_list.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace cex::engine {
namespace {

constexpr double kNewsShare = 0.1;  // of the last interval in the rate
constexpr double kLongestAfter = 600;

template <class Index, class Key>
void erase_entry(Index& index, const Key& key, std::uint64_t number) {
  const auto [first, last] = index.equal_range(key);
  const auto found =
      std::find_if(first, last, [&](const auto& entry) { return entry.second == number; });
  if (found != last) index.erase(found);
}

}  // namespace

void WaitingList::add(WaitingJob job, Time now) {
  const std::uint64_t number = job.turn.number;
  bytes_ += job.bytes;
  if (job.deadline) deadlines_.emplace(*job.deadline, number);
  if (job.not_before > now) {
    held_back_.emplace(job.not_before, number);
  } else {
    queue_.add(job.turn);
  }
  jobs_.emplace(number, std::move(job));
}

std::optional<WaitingJob> WaitingList::take(Time now) {
  while (!held_back_.empty() && held_back_.begin()->first <= now) {
    queue_.add(jobs_.at(held_back_.begin()->second).turn);
    held_back_.erase(held_back_.begin());
  }
  const auto turn = queue_.take();
  if (!turn) return std::nullopt;
  auto job = withdraw(turn->number);
  job->turn = *turn;
  if (last_take_) {
    const double passed = std::chrono::duration<double>(now - *last_take_).count();
    seconds_a_take_ += kNewsShare * (passed - seconds_a_take_);
  }
  last_take_ = now;
  return job;
}

std::optional<WaitingJob> WaitingList::withdraw(std::uint64_t number) {
  auto node = jobs_.extract(number);
  if (node.empty()) return std::nullopt;
  WaitingJob& job = node.mapped();
  bytes_ -= job.bytes;
  if (job.deadline) erase_entry(deadlines_, *job.deadline, number);
  if (!queue_.remove(job.turn)) erase_entry(held_back_, job.not_before, number);
  return std::move(job);
}

std::optional<WaitingList::Time> WaitingList::next_wake() const {
  if (held_back_.empty()) return std::nullopt;
  return held_back_.begin()->first;
}

std::vector<std::string> WaitingList::overdue(WallTime now) const {
  std::vector<std::string> ids;
  for (auto at = deadlines_.begin(); at != deadlines_.end() && at->first <= now; ++at) {
    ids.push_back(jobs_.at(at->second).id);
  }
  return ids;
}

std::uint32_t WaitingList::retry_after() const {
  const double wait = seconds_a_take_ * std::max(1.0, static_cast<double>(jobs_.size()) / 10);
  return static_cast<std::uint32_t>(std::clamp(std::ceil(wait), 1.0, kLongestAfter));
}

}  // namespace cex::engine
