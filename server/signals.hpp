// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "core/base/unique_fd.hpp"

namespace cex::server {

enum class Signal : std::uint8_t { stop, reload, woken };

/// TERM, INT and HUP as a queue that one thread reads. Make it before any other thread exists: the
/// signals are blocked for every thread that is started later (and for children, whose launcher
/// sets its own mask).
class Signals {
 public:
  Signals();

  /// Blocks until a signal arrives or wake() was called.
  [[nodiscard]] Signal wait();
  /// Makes wait() return Signal::woken once. Any thread.
  void wake() const;

 private:
  UniqueFd signal_;
  UniqueFd wake_;
};

}  // namespace cex::server
