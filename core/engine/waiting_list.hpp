// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/base/clock.hpp"
#include "core/engine/fair_queue.hpp"

namespace cex::engine {

/// A job in the queue; everything else about it may be on the disk alone.
struct WaitingJob {
  std::string id;
  Turn turn;
  std::uint32_t attempts{0};  ///< that were begun
  bool next_is_noted{false};  ///< the store has counted the next one already
  std::uint64_t bytes{0};     ///< of its request
  std::optional<WallTime> deadline;
  std::chrono::steady_clock::time_point not_before{};
};

/// The jobs that wait: in the order of their turns, by number, those that are held back for a while
/// and those that must start by a time. Not thread-safe.
class WaitingList {
 public:
  using Time = std::chrono::steady_clock::time_point;

  WaitingList(FairQueue::ShareOf tenant, FairQueue::ShareOf language)
      : queue_{std::move(tenant), std::move(language)} {}

  void add(WaitingJob job, Time now);
  /// Whose turn it is; it counts as running until done().
  [[nodiscard]] std::optional<WaitingJob> take(Time now);
  void done(const Turn& turn, std::chrono::nanoseconds used) { queue_.done(turn, used); }
  [[nodiscard]] std::optional<WaitingJob> withdraw(std::uint64_t number);

  [[nodiscard]] bool may_run(const Turn& turn) const { return queue_.may_run(turn); }
  [[nodiscard]] bool contains(std::uint64_t number) const { return jobs_.count(number) != 0; }
  [[nodiscard]] std::size_t size() const noexcept { return jobs_.size(); }
  [[nodiscard]] std::size_t size_of(const std::string& tenant) const {
    return queue_.waiting_of(tenant);
  }
  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }
  /// When the next of those that are held back may go.
  [[nodiscard]] std::optional<Time> next_wake() const;
  [[nodiscard]] std::vector<std::string> overdue(WallTime now) const;
  /// Seconds after which a tenth of the list will have gone, at the rate at which it goes now.
  [[nodiscard]] std::uint32_t retry_after() const;

 private:
  FairQueue queue_;
  std::unordered_map<std::uint64_t, WaitingJob> jobs_;  ///< by number
  std::multimap<Time, std::uint64_t> held_back_;
  std::multimap<WallTime, std::uint64_t> deadlines_;
  std::uint64_t bytes_{0};
  std::optional<Time> last_take_;
  double seconds_a_take_{1};
};

}  // namespace cex::engine
