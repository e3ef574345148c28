// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/unique_fd.hpp"

namespace cex::supervise {

/// Feeds a box's stdin without ever waiting, and closes it behind the last byte.
class StdinFeeder {
 public:
  enum class AfterIt : std::uint8_t {
    close,
    more,  ///< add() and end() follow
  };

  /// `bytes` must outlive the feeder.
  StdinFeeder(UniqueFd pipe, std::string_view bytes, AfterIt after_it);

  [[nodiscard]] int fd() const { return pipe_.get(); }
  [[nodiscard]] bool open() const { return static_cast<bool>(pipe_); }
  /// Has it bytes that the pipe did not take?
  [[nodiscard]] bool waits() const { return open() && !rest_.empty(); }
  /// Writes what fits. A program that does not read, or has closed its end, is no error.
  void feed();
  /// Further bytes; only while it does not wait.
  void add(std::string bytes);
  void end();

 private:
  UniqueFd pipe_;
  std::string_view rest_;
  AfterIt after_it_;
  std::string added_;  ///< what `rest_` is the rest of, after the first add()
};

}  // namespace cex::supervise
