// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "core/network/byte_queue.hpp"

namespace cex::network {

/// The first words between a program and the proxy, in whichever of the two protocols its first
/// byte tells: what does it want, and how is it told yes or no.
class Greeter {
 public:
  enum class State : std::uint8_t {
    listening,  ///< more bytes are needed
    asked,      ///< host(), port() and the rest are known
    refused,    ///< not spoken; `out` has the answer, why() the reason
  };

  /// Takes from `in` what it understands, puts its own words into `out`.
  State read(ByteQueue& in, ByteQueue& out);

  [[nodiscard]] const std::string& host() const { return host_; }  ///< as given, arbitrary bytes
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] bool is_tunnel() const { return tunnel_; }
  /// An address of IPv6 stands in brackets in this protocol.
  [[nodiscard]] bool has_brackets() const { return protocol_ == Protocol::http; }
  [[nodiscard]] const std::string& head() const { return head_; }  ///< plain: to send first
  [[nodiscard]] std::uint64_t body_size() const { return body_size_; }
  [[nodiscard]] const std::string& why() const { return why_; }

  enum class Trouble : std::uint8_t { forbidden, unreachable, timed_out };
  [[nodiscard]] std::string yes() const;  ///< what a client gets once it is connected
  [[nodiscard]] std::string no(Trouble trouble, const std::string& why) const;

 private:
  enum class Protocol : std::uint8_t { unknown, socks, http };

  State read_socks(ByteQueue& in, ByteQueue& out);
  State read_http(ByteQueue& in, ByteQueue& out);
  State refuse(std::string why);

  Protocol protocol_{Protocol::unknown};
  bool greeted_{false};  // SOCKS: the method is agreed on
  std::size_t seen_{0};  // HTTP: bytes looked at for the end of the head
  std::string host_;
  std::uint16_t port_{0};
  bool tunnel_{true};
  std::string head_;
  std::uint64_t body_size_{0};
  std::string why_;
};

}  // namespace cex::network
