// SPDX-License-Identifier: Apache-2.0
#include "core/sandbox/socket_watch.hpp"

#include <poll.h>
#include <sys/epoll.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace cex::sandbox {

bool has_news(int socket) {
  pollfd wait{socket, POLLIN, 0};
  return ::poll(&wait, 1, 0) > 0;
}

SocketWatch::SocketWatch() : epoll_{::epoll_create1(EPOLL_CLOEXEC)} {
  if (!epoll_) throw std::system_error(errno, std::generic_category(), "epoll_create1");
}

Result<void> SocketWatch::add(int socket, std::size_t key) {
  epoll_event interest{};
  interest.events = EPOLLIN;
  interest.data.u64 = key;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, socket, &interest) != 0) {
    return fail_errno("epoll_ctl");
  }
  return {};
}

void SocketWatch::remove(int socket) {
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, socket, nullptr);
}

std::vector<std::size_t> SocketWatch::wait(int timeout_ms) const {
  std::array<epoll_event, 64> events{};
  const int count = ::epoll_wait(epoll_.get(), events.data(), events.size(), timeout_ms);
  std::vector<std::size_t> keys;
  for (int i = 0; i < count; ++i) keys.push_back(events[static_cast<std::size_t>(i)].data.u64);
  return keys;
}

}  // namespace cex::sandbox
