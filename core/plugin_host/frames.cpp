// SPDX-License-Identifier: Apache-2.0
#include "core/plugin_host/frames.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace cex::plugin_host {
namespace {

constexpr std::size_t kHead = sizeof(std::uint32_t) + 1;
// Space is made as bytes come, so that a length alone costs nothing.
constexpr std::size_t kPiece = std::size_t{256} << 10U;

bool wait_for(int socket, short what, Deadline deadline) {
  // A process that waits for its next call waits in read(), without poll.
  if (deadline == kNoDeadline) return true;
  while (true) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    pollfd entry{socket, what, 0};
    const int ready =
        ::poll(&entry, 1, static_cast<int>(std::min<std::int64_t>(left.count(), 1000)));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
}

bool read_all(int socket, char* to, std::size_t size, Deadline deadline) {
  while (size > 0) {
    if (!wait_for(socket, POLLIN, deadline)) return false;
    const ssize_t got = ::read(socket, to, size);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got <= 0) return false;
    to += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

}  // namespace

std::string make_frame(Frame type, std::string_view payload) {
  const auto size = static_cast<std::uint32_t>(payload.size());
  std::string frame(kHead, '\0');
  std::memcpy(frame.data(), &size, sizeof(size));
  frame[sizeof(size)] = static_cast<char>(type);
  frame.append(payload);
  return frame;
}

bool send_all(Sender sender, int socket, std::string_view bytes, Deadline deadline) {
  while (!bytes.empty()) {
    if (!wait_for(socket, POLLOUT, deadline)) return false;
    const ssize_t sent = sender == Sender::plugin
                             ? ::write(socket, bytes.data(), bytes.size())
                             : ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool receive_frame(int socket, ReceivedFrame& frame, Deadline deadline) {
  char head[kHead];
  if (!read_all(socket, head, sizeof(head), deadline)) return false;
  std::uint32_t size = 0;
  std::memcpy(&size, head, sizeof(size));
  const auto type = static_cast<std::uint8_t>(head[sizeof(size)]);
  if (size > kMaxFrame || type < static_cast<std::uint8_t>(Frame::table) ||
      type > static_cast<std::uint8_t>(Frame::done)) {
    return false;
  }
  frame.type = static_cast<Frame>(type);
  frame.payload.clear();
  while (frame.payload.size() < size) {
    const std::size_t begin = frame.payload.size();
    frame.payload.resize(std::min<std::size_t>(size, begin + kPiece));
    if (!read_all(socket, frame.payload.data() + begin, frame.payload.size() - begin, deadline)) {
      return false;
    }
  }
  return true;
}

}  // namespace cex::plugin_host
