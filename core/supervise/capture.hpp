// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "core/base/unique_fd.hpp"
#include "core/model/outcome.hpp"

namespace cex::supervise {

/// Reads one stream of a box (or its terminal) into a bounded buffer: exact to the byte up to the
/// limit, then it says so.
class Capture {
 public:
  /// `observe` sees each piece as it arrives (never beyond the limit); may be empty.
  Capture(UniqueFd pipe, std::uint64_t limit, std::function<void(std::string_view)> observe);

  [[nodiscard]] int fd() const { return pipe_.get(); }
  [[nodiscard]] bool open() const { return static_cast<bool>(pipe_); }
  /// More came than the limit allows.
  [[nodiscard]] bool overflowed() const { return stream_.truncated; }
  [[nodiscard]] std::size_t size() const { return stream_.bytes.size(); }
  /// Reads from `pipe` instead, from now on.
  void move_to(UniqueFd pipe);
  /// Takes what is there now, without waiting. Closes the pipe at end-of-file.
  void read_available();
  [[nodiscard]] CapturedStream take() { return std::move(stream_); }

 private:
  UniqueFd pipe_;
  std::uint64_t limit_;
  std::function<void(std::string_view)> observe_;
  CapturedStream stream_;
};

}  // namespace cex::supervise
