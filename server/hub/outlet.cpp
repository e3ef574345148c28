// SPDX-License-Identifier: Apache-2.0
#include "server/hub/outlet.hpp"

#include <sys/socket.h>

#include <cerrno>

namespace cex::hub {

Outlet::Outlet(http::Connection connection)
    : connection_{std::move(connection)},
      fd_{connection_.socket.impl()->sockfd()},
      last_progress_{Clock::now()} {}

void Outlet::append(std::string_view bytes) {
  if (backlog() == 0) last_progress_ = Clock::now();  // an idle client was not a slow one
  pending_ += bytes;
}

bool Outlet::flush(Clock::time_point now) {
  while (sent_ < pending_.size()) {
    const ssize_t count =
        ::send(fd_, pending_.data() + sent_, pending_.size() - sent_, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return true;
    if (count < 0) return false;
    sent_ += static_cast<std::size_t>(count);
    last_progress_ = now;
  }
  pending_.clear();
  sent_ = 0;
  return true;
}

void Outlet::finish_writing() {
  ::shutdown(fd_, SHUT_WR);
}

}  // namespace cex::hub
