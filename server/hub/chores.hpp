// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace cex::hub {

/// One thread for calls that may wait (for a job's processes to be gone), in the order given.
class Chores {
 public:
  Chores();
  /// Finishes what was given.
  ~Chores();
  Chores(const Chores&) = delete;
  Chores& operator=(const Chores&) = delete;

  /// Thread-safe. An exception of `chore` is logged.
  void add(std::function<void()> chore);

 private:
  void work();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;
  bool stopping_{false};
  std::thread thread_;
};

}  // namespace cex::hub
