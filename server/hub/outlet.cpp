// SPDX-License-Identifier: Apache-2.0
#include "server/hub/outlet.hpp"

namespace cex::hub {

Outlet::Outlet(http::Connection connection)
    : connection_{std::move(connection)},
      channel_{*connection_.channel},
      last_progress_{Clock::now()} {}

void Outlet::append(std::string_view bytes) {
  if (backlog() == 0) last_progress_ = Clock::now();  // an idle client was not a slow one
  pending_ += bytes;
}

bool Outlet::flush(Clock::time_point now) {
  while (sent_ < pending_.size()) {
    const http::Moved moved = channel_.send(pending_.data() + sent_, pending_.size() - sent_);
    // TLS that wants to read before it writes is met by renegotiation alone, which is off.
    if (moved.state == http::Moved::State::blocked) return true;
    if (moved.state != http::Moved::State::some) return false;
    sent_ += moved.bytes;
    last_progress_ = now;
  }
  pending_.clear();
  sent_ = 0;
  return true;
}

ssize_t Outlet::receive(char* to, std::size_t room) {
  const http::Moved moved = channel_.receive(to, room);
  if (moved.state == http::Moved::State::blocked) return -1;
  return moved.state == http::Moved::State::some ? static_cast<ssize_t>(moved.bytes) : 0;
}

void Outlet::finish_writing() {
  channel_.finish_sending();
}

}  // namespace cex::hub
