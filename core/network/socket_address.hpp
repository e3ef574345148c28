// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <cstring>

#include "core/base/ip_address.hpp"

namespace cex::network {

/// An address and a port as the kernel wants them.
class SocketAddress {
 public:
  SocketAddress(const IpAddress& address, std::uint16_t port) noexcept : v6_{address.v6} {
    if (v6_) {
      in6_.sin6_family = AF_INET6;
      in6_.sin6_port = htons(port);
      std::memcpy(&in6_.sin6_addr, address.bytes.data(), sizeof(in6_.sin6_addr));
    } else {
      in_.sin_family = AF_INET;
      in_.sin_port = htons(port);
      std::memcpy(&in_.sin_addr, address.bytes.data(), sizeof(in_.sin_addr));
    }
  }

  [[nodiscard]] const sockaddr* get() const noexcept {
    return v6_ ? reinterpret_cast<const sockaddr*>(&in6_) : reinterpret_cast<const sockaddr*>(&in_);
  }
  [[nodiscard]] socklen_t size() const noexcept { return v6_ ? sizeof(in6_) : sizeof(in_); }

 private:
  bool v6_;
  sockaddr_in in_{};
  sockaddr_in6 in6_{};
};

}  // namespace cex::network
