// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>

#include "core/base/unique_fd.hpp"

namespace cex::supervise {

/// Says "stop" to a running job, from any thread, once. A descriptor to poll and a flag to read.
class CancelToken {
 public:
  CancelToken() : event_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)} {}

  void cancel() noexcept {
    cancelled_.store(true);
    const std::uint64_t one = 1;
    // Can only fail when the counter is full, which means that it was said before.
    [[maybe_unused]] const ssize_t written = ::write(event_.get(), &one, sizeof(one));
  }
  [[nodiscard]] bool cancelled() const noexcept { return cancelled_.load(); }
  /// Readable for ever once cancelled.
  [[nodiscard]] int fd() const noexcept { return event_.get(); }

 private:
  UniqueFd event_;
  std::atomic<bool> cancelled_{false};
};

}  // namespace cex::supervise
