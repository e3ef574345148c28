// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "core/base/unique_fd.hpp"
#include "core/network/proxy.hpp"

namespace cex::network {

/// A listening socket on an address of loopback; port 0 lets the kernel choose.
struct Listener {
  UniqueFd socket;
  std::uint16_t port{0};
};
[[nodiscard]] std::optional<Listener> listen_on(const std::string& address, std::uint16_t port,
                                                int more_flags = 0);

/// A blocking connection for tests, with a time limit on everything.
class Peer {
 public:
  explicit Peer(UniqueFd socket);
  [[nodiscard]] static Peer connect_to(std::uint16_t port);

  void send(std::string_view bytes) const;
  /// Exactly `size` bytes, or fewer if the other side ends first.
  [[nodiscard]] std::string read(std::size_t size) const;
  [[nodiscard]] std::string read_until(std::string_view text) const;
  /// All until the other side closes; empty optional if it does not.
  [[nodiscard]] std::optional<std::string> read_to_end() const;
  void half_close() const;
  void close() { socket_.reset(); }

 private:
  UniqueFd socket_;
};

/// What stands outside of the box: takes connections on loopback and keeps them for the test.
class Outside {
 public:
  explicit Outside(const std::string& address = "127.0.0.1", std::uint16_t port = 0);
  [[nodiscard]] bool listening() const { return listener_.has_value(); }
  [[nodiscard]] std::uint16_t port() const { return listener_->port; }
  [[nodiscard]] Peer accept() const;
  /// Has nobody connected that was not accept()ed?
  [[nodiscard]] bool untouched() const;

 private:
  std::optional<Listener> listener_;
};

/// A proxy whose box is this process.
class ProxyTest : public ::testing::Test {
 protected:
  void start(ProxySettings settings);
  [[nodiscard]] Peer program() const { return Peer::connect_to(port_); }
  /// Sends CONNECT and gives the answer's first line; the tunnel is `peer` then.
  [[nodiscard]] static std::string connect(const Peer& peer, const std::string& destination);
  /// The same by SOCKS5: the reply's code, or -1.
  [[nodiscard]] static int socks(const Peer& peer, const std::string& host, std::uint16_t port,
                                 char command = 1);
  [[nodiscard]] NetworkReport stop();
  /// Can nobody connect to the proxy any more?
  [[nodiscard]] bool closed() const;

 private:
  std::uint16_t port_{0};
  std::unique_ptr<Proxy> proxy_;
};

}  // namespace cex::network
