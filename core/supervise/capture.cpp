// SPDX-License-Identifier: Apache-2.0
#include "core/supervise/capture.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace cex::supervise {
namespace {

// One call may take this much before others get a turn: a flood must not starve the clocks.
constexpr int kReadsPerTurn = 16;

}  // namespace

Capture::Capture(UniqueFd pipe, std::uint64_t limit, std::function<void(std::string_view)> observe)
    : limit_{limit}, observe_{std::move(observe)} {
  move_to(std::move(pipe));
}

void Capture::move_to(UniqueFd pipe) {
  pipe_ = std::move(pipe);
  const int flags = ::fcntl(pipe_.get(), F_GETFL);
  ::fcntl(pipe_.get(), F_SETFL, flags | O_NONBLOCK);
}

void Capture::read_available() {
  std::array<char, 65536> buffer;
  for (int i = 0; pipe_ && i < kReadsPerTurn; ++i) {
    const ssize_t got = ::read(pipe_.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) {  // a terminal's end is EIO
      pipe_.reset();
      return;
    }
    const std::uint64_t room = limit_ - stream_.bytes.size();
    const auto kept = static_cast<std::size_t>(std::min(static_cast<std::uint64_t>(got), room));
    if (kept < static_cast<std::size_t>(got)) stream_.truncated = true;
    if (kept > 0) {
      const std::string_view piece{buffer.data(), kept};
      stream_.bytes.append(piece);
      if (observe_) observe_(piece);
    }
    if (stream_.truncated) return;
  }
}

}  // namespace cex::supervise
