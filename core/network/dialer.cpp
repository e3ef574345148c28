// SPDX-License-Identifier: Apache-2.0
#include "core/network/dialer.hpp"

#include <netinet/tcp.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "core/network/address_table.hpp"
#include "core/network/socket_address.hpp"

namespace cex::network {
namespace {

// One address that does not answer must not use up the time of the others.
constexpr std::chrono::seconds kOneAttempt{3};

std::string text_of(int error) {
  return std::generic_category().message(error);
}

}  // namespace

Dialer::Dialer(std::vector<IpAddress> addresses, std::uint16_t port,
               const std::vector<IpBlock>& permitted)
    : addresses_{std::move(addresses)}, port_{port}, permitted_{permitted} {
  // Many hosts have IPv6 addresses in DNS and no way to them here.
  std::stable_partition(addresses_.begin(), addresses_.end(),
                        [](const IpAddress& address) { return !address.v6; });
}

Dialer::State Dialer::advance(Clock::time_point now) {
  if (established_) return State::connected;
  if (socket_ && !finished(now)) return State::connecting;
  while (!established_ && next_ < addresses_.size()) {
    const IpAddress& address = addresses_[next_++];
    if (begin(address, now) && !established_) return State::connecting;
  }
  return established_ ? State::connected : State::failed;
}

// True once there is something to wait for, or a connection.
bool Dialer::begin(const IpAddress& address, Clock::time_point now) {
  last_ = address;
  failure_ = why_refused(address, permitted_);
  refused_ = !failure_.empty();
  if (refused_) return false;
  socket_.reset(
      ::socket(address.v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket_) {
    failure_ = text_of(errno);
    return false;
  }
  const int on = 1;
  // Only costs time where it fails.
  static_cast<void>(::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)));
  deadline_ = now + kOneAttempt;
  const SocketAddress peer{address, port_};
  if (::connect(socket_.get(), peer.get(), peer.size()) == 0) {
    established_ = true;
    return true;
  }
  if (errno == EINPROGRESS) return true;
  failure_ = text_of(errno);
  socket_.reset();
  return false;
}

// True when this attempt is over, one way or the other.
bool Dialer::finished(Clock::time_point now) {
  pollfd wait{socket_.get(), POLLOUT, 0};
  if (::poll(&wait, 1, 0) > 0) {
    int error = 0;
    socklen_t size = sizeof(error);
    if (::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
    established_ = error == 0;
    if (established_) return true;
    failure_ = text_of(error);
  } else if (now < deadline_) {
    return false;
  } else {
    failure_ = text_of(ETIMEDOUT);
  }
  socket_.reset();
  return true;
}

std::string Dialer::address() const {
  return last_ ? to_string(*last_) : std::string{};
}

}  // namespace cex::network
