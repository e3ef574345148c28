// SPDX-License-Identifier: Apache-2.0
#include "server/http/channel.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

namespace cex::http {
namespace {

Moved moved(ssize_t count, short events) {
  if (count > 0) return {Moved::State::some, static_cast<std::size_t>(count), 0};
  if (count == 0) return {Moved::State::ended, 0, 0};
  // An interrupted call is asked again after a poll() that returns at once.
  const bool again = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
  return {again ? Moved::State::blocked : Moved::State::broken, 0, events};
}

}  // namespace

Moved PlainChannel::receive(char* buffer, std::size_t size) {
  return moved(::recv(fd_, buffer, size, MSG_DONTWAIT), POLLIN);
}

Moved PlainChannel::send(const char* bytes, std::size_t size) {
  return moved(::send(fd_, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT), POLLOUT);
}

void PlainChannel::finish_sending() {
  ::shutdown(fd_, SHUT_WR);
}

}  // namespace cex::http
