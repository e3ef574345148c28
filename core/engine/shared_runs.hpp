// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/result.hpp"
#include "core/engine/event_log.hpp"
#include "core/model/job_view.hpp"

namespace cex::engine {

/// The attempts of this node at jobs of a shared store: their events until the store has them, and
/// up to when they are surely this node's, by its own clock. Thread-safe.
class SharedRuns {
 public:
  using Clock = std::chrono::steady_clock;
  using Attempt = std::pair<std::string, std::uint32_t>;  ///< id, number

  /// `sequence`: of the last event that the store has.
  void begin(const Attempt& attempt, std::uint64_t sequence, Clock::time_point safe_until,
             std::string given_up = {});
  /// Errors: not_found for one that is over.
  [[nodiscard]] Result<void> append(const Attempt& attempt, JobEvent event);
  /// Its last events; it stays this node's until end(). Errors: not_found; also if it is closed
  /// already.
  [[nodiscard]] Result<void> close(const Attempt& attempt, const JobView& view);
  /// Up to 256 KiB that the store does not have; after the last page `is_last`.
  struct Page {
    std::vector<JobEvent> events;
    bool is_last{false};
    std::string given_up;
  };
  [[nodiscard]] Page unsent(const Attempt& attempt);
  void sent(const Attempt& attempt, std::uint64_t sequence);
  void end(const Attempt& attempt);

  /// Attempts that are not closed and have something to send; waits for one, or for wake().
  [[nodiscard]] std::vector<Attempt> wait_for_unsent(std::chrono::milliseconds patience);
  void wake();

  [[nodiscard]] std::vector<Attempt> all() const;
  [[nodiscard]] std::optional<std::uint32_t> attempt_at(const std::string& id) const;
  void renew(const std::vector<Attempt>& attempts, Clock::time_point safe_until);
  /// Attempts whose time is over, closed ones left out.
  [[nodiscard]] std::vector<Attempt> unsafe(Clock::time_point now) const;

 private:
  struct Run {
    EventLog log;
    std::uint64_t sent{0};
    bool closed{false};
    std::string given_up;
    Clock::time_point safe_until;
  };
  [[nodiscard]] Run* find(const Attempt& attempt);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool woken_{false};
  std::map<Attempt, Run> runs_;
};

}  // namespace cex::engine
