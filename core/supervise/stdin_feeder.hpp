// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "core/base/unique_fd.hpp"

namespace cex::supervise {

/// Feeds a box's stdin without ever waiting, then closes it. The bytes must outlive the feeder.
class StdinFeeder {
 public:
  StdinFeeder(UniqueFd pipe, std::string_view bytes);

  [[nodiscard]] int fd() const { return pipe_.get(); }
  [[nodiscard]] bool open() const { return static_cast<bool>(pipe_); }
  /// Writes what fits. A program that does not read, or has closed its end, is no error.
  void feed();

 private:
  UniqueFd pipe_;
  std::string_view rest_;
};

}  // namespace cex::supervise
