// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/unique_fd.hpp"
#include "core/model/interactive.hpp"

namespace cex::supervise {

/// What clients say to a program while it runs: input, its end, signals, the size of its window.
/// Any number of clients on one side, the supervisor of the run on the other; what is said before
/// the program starts waits for it. Thread-safe, and no call waits. Bounded: input that does not
/// fit is not taken.
class Console {
 public:
  static constexpr std::size_t kRoom = std::size_t{64} << 10U;  ///< bytes of input that may wait
  static constexpr std::size_t kMaxSignals = 32;                ///< that may wait

  /// `roomy` is called, from the supervisor's thread, when input is taken again after some did not
  /// fit. A run whose clients and program are silent for `idle` is ended.
  Console(std::chrono::milliseconds idle, std::function<void()> roomy);

  // The clients' side.

  /// How many bytes of the front were taken. All of them after the end of the input or of the run:
  /// there is nobody left to read them.
  [[nodiscard]] std::size_t write(std::string_view bytes);
  void end_input();
  /// False: too many wait already.
  [[nodiscard]] bool signal(int number);
  /// The last one counts.
  void resize(WindowSize size);

  // The run's side.

  struct Said {
    std::string input;
    bool input_ended{false};  ///< told once, with the last input
    std::vector<int> signals;
    std::optional<WindowSize> window;

    [[nodiscard]] bool nothing() const {
      return input.empty() && !input_ended && signals.empty() && !window;
    }
  };
  /// Takes what was said since the last call; the input only with `input`.
  [[nodiscard]] Said listen(bool input);
  /// Nobody listens any more.
  void close();
  /// Readable once something was said that listen() has not been asked for.
  [[nodiscard]] int fd() const noexcept { return event_.get(); }
  [[nodiscard]] std::chrono::milliseconds idle() const noexcept { return idle_; }
  /// Something that a client said has been taken: it cannot be said again.
  [[nodiscard]] bool was_heard() const noexcept { return heard_; }

 private:
  void ring() const;

  const std::chrono::milliseconds idle_;
  const std::function<void()> roomy_;
  UniqueFd event_;
  std::atomic<bool> heard_{false};
  std::mutex mutex_;
  std::string input_;
  bool refused_{false};  ///< some input did not fit
  bool ended_{false};
  bool end_told_{false};
  bool closed_{false};
  std::vector<int> signals_;
  std::optional<WindowSize> window_;
};

}  // namespace cex::supervise
