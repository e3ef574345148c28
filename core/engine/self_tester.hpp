// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "core/base/result.hpp"
#include "core/model/language_info.hpp"

namespace cex::engine {

/// Repeats the self-test on a thread of its own and remembers the last result, so that whoever asks
/// for readiness is answered at once, however busy the slots are.
class SelfTester {
 public:
  using Time = std::chrono::steady_clock::time_point;
  /// Errors: Errc::queue_full: no slot was free, ask again later; anything else: boxes do not hold.
  using Test = std::function<Result<std::string>()>;

  /// `first` is the remark of a test that has just held.
  SelfTester(Test test, std::chrono::seconds interval, std::string first, Time now);
  ~SelfTester();
  SelfTester(const SelfTester&) = delete;
  SelfTester& operator=(const SelfTester&) = delete;

  /// The last result with its age: failed if the test failed, degraded if it is long overdue.
  [[nodiscard]] HealthCheck check(Time now) const;

  /// When the next test is due; sooner after one that failed or found no slot.
  [[nodiscard]] Time due() const;
  /// Runs the test now, on the calling thread.
  void run_once(Time now);

 private:
  void work();

  const Test test_;
  const std::chrono::seconds interval_;
  mutable std::mutex mutex_;
  std::condition_variable stop_changed_;
  Result<std::string> last_;
  Time last_at_;  // of a result
  Time due_;
  bool stopping_{false};
  std::thread thread_;
};

}  // namespace cex::engine
