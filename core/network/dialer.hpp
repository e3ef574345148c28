// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/ip_address.hpp"
#include "core/base/unique_fd.hpp"

namespace cex::network {

/// Connects to the first of some addresses that is permitted and answers. Each is checked
/// immediately before it is used, and it is that very address that is connected to.
class Dialer {
 public:
  using Clock = std::chrono::steady_clock;
  enum class State : std::uint8_t { connecting, connected, failed };

  Dialer(std::vector<IpAddress> addresses, std::uint16_t port,
         const std::vector<IpBlock>& permitted);

  /// Goes as far as it can without waiting; again when socket() is writable or deadline() is over.
  State advance(Clock::time_point now);

  [[nodiscard]] int socket() const { return socket_.get(); }
  [[nodiscard]] UniqueFd take() { return std::move(socket_); }
  [[nodiscard]] Clock::time_point deadline() const { return deadline_; }
  /// Connected: the address. Failed: the last one, "" if there was none.
  [[nodiscard]] std::string address() const;
  /// Failed: why, and whether that was the policy or the network.
  [[nodiscard]] const std::string& failure() const { return failure_; }
  [[nodiscard]] bool refused() const { return refused_; }

 private:
  bool begin(const IpAddress& address, Clock::time_point now);
  bool finished(Clock::time_point now);

  std::vector<IpAddress> addresses_;
  std::uint16_t port_;
  const std::vector<IpBlock>& permitted_;
  std::size_t next_{0};
  UniqueFd socket_;
  bool established_{false};
  Clock::time_point deadline_{};
  std::optional<IpAddress> last_;
  std::string failure_{"it has no address"};
  bool refused_{false};
};

}  // namespace cex::network
