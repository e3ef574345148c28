// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/plugin_host/wire.hpp"

namespace cex::plugin_host {

using Deadline = std::chrono::steady_clock::time_point;
inline constexpr Deadline kNoDeadline = Deadline::max();

/// A frame as it is sent.
[[nodiscard]] std::string make_frame(Frame type, std::string_view payload);

/// Who sends: a locked-down plugin's process may only write(), and ignores SIGPIPE as a whole.
enum class Sender : std::uint8_t { server, plugin };

/// Sends all of it to a non-blocking or blocking stream socket. False when the other end is gone or
/// the deadline is over; then the stream is of no further use. Raises no SIGPIPE in a server.
[[nodiscard]] bool send_all(Sender sender, int socket, std::string_view bytes, Deadline deadline);

struct ReceivedFrame {
  Frame type{};
  std::string payload;
};

/// Waits for one whole frame of at most kMaxFrame bytes. False at end of file, at the deadline, or
/// when the length or type is out of range.
[[nodiscard]] bool receive_frame(int socket, ReceivedFrame& frame, Deadline deadline);

}  // namespace cex::plugin_host
