// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

#include "core/base/result.hpp"
#include "core/base/unique_fd.hpp"
#include "core/supervise/console.hpp"
#include "core/supervise/stdin_feeder.hpp"

namespace cex::supervise {

/// Carries what clients say on a console to the program that runs: input to what feeds it, signals
/// to its slot, the size of the window to its terminal. Of one run, on its thread.
class Conversation {
 public:
  using Clock = std::chrono::steady_clock;

  /// Both outlive it.
  Conversation(Console& console, int slot_socket) : console_{console}, slot_socket_{slot_socket} {}

  /// The program runs. `terminal`: the outer end of its own, or none.
  void begin(UniqueFd terminal, Clock::time_point now);
  /// Readable when carry() has something to do; -1 before begin().
  [[nodiscard]] int fd() const noexcept { return begun_ ? console_.fd() : -1; }
  /// Errors: of a slot that cannot be told of a signal.
  [[nodiscard]] Result<void> carry(StdinFeeder& feeder, Clock::time_point now);

  /// The program said something.
  void stir(Clock::time_point now) { last_word_ = now; }
  [[nodiscard]] bool is_idle(Clock::time_point now) const {
    return begun_ && now - last_word_ >= console_.idle();
  }

 private:
  [[nodiscard]] std::string end_of_input() const;

  Console& console_;
  int slot_socket_;
  UniqueFd terminal_;
  bool begun_{false};
  Clock::time_point last_word_;
};

}  // namespace cex::supervise
