// SPDX-License-Identifier: Apache-2.0
#include "core/network/proxy_fixture.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cstdlib>

#include "core/network/socket_address.hpp"

namespace cex::network {
namespace {

constexpr int kPatienceSeconds = 60;

UniqueFd tcp_socket(int more_flags = 0) {
  return UniqueFd{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | more_flags, 0)};
}

}  // namespace

std::optional<Listener> listen_on(const std::string& address, std::uint16_t port, int more_flags) {
  Listener made;
  made.socket = tcp_socket(more_flags);
  const int on = 1;
  ::setsockopt(made.socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  const SocketAddress own{*parse_ip(address), port};
  sockaddr_in bound{};
  socklen_t size = sizeof(bound);
  if (::bind(made.socket.get(), own.get(), own.size()) != 0 ||
      ::listen(made.socket.get(), 64) != 0 ||
      ::getsockname(made.socket.get(), reinterpret_cast<sockaddr*>(&bound), &size) != 0) {
    return {};
  }
  made.port = ntohs(bound.sin_port);
  return made;
}

Peer::Peer(UniqueFd socket) : socket_{std::move(socket)} {
  const timeval patience{kPatienceSeconds, 0};
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
}

Peer Peer::connect_to(std::uint16_t port) {
  UniqueFd socket = tcp_socket();
  const SocketAddress peer{*parse_ip("127.0.0.1"), port};
  if (::connect(socket.get(), peer.get(), peer.size()) != 0) socket.reset();
  return Peer{std::move(socket)};
}

void Peer::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const auto sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;  // the test sees by what it reads
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::string Peer::read(std::size_t size) const {
  std::string bytes(size, '\0');
  std::size_t got = 0;
  while (got < size) {
    const auto count = ::recv(socket_.get(), &bytes[got], size - got, 0);
    if (count <= 0) break;
    got += static_cast<std::size_t>(count);
  }
  bytes.resize(got);
  return bytes;
}

std::string Peer::read_until(std::string_view text) const {
  std::string bytes;
  while (!bytes.ends_with(text)) {
    const std::string next = read(1);
    if (next.empty()) break;
    bytes += next;
  }
  return bytes;
}

std::optional<std::string> Peer::read_to_end() const {
  std::string bytes;
  std::array<char, 16'384> chunk{};
  while (true) {
    const auto count = ::recv(socket_.get(), chunk.data(), chunk.size(), 0);
    if (count < 0) return errno == ECONNRESET ? std::optional{bytes} : std::nullopt;
    if (count == 0) return bytes;
    bytes.append(chunk.data(), static_cast<std::size_t>(count));
  }
}

void Peer::half_close() const {
  ::shutdown(socket_.get(), SHUT_WR);
}

Outside::Outside(const std::string& address, std::uint16_t port)
    : listener_{listen_on(address, port)} {}

Peer Outside::accept() const {
  pollfd wait{listener_->socket.get(), POLLIN, 0};
  if (::poll(&wait, 1, kPatienceSeconds * 1000) <= 0) {
    ADD_FAILURE() << "nobody connected";
    return Peer{UniqueFd{}};
  }
  return Peer{UniqueFd{::accept4(listener_->socket.get(), nullptr, nullptr, SOCK_CLOEXEC)}};
}

bool Outside::untouched() const {
  pollfd wait{listener_->socket.get(), POLLIN, 0};
  return ::poll(&wait, 1, 0) == 0;
}

void ProxyTest::start(ProxySettings settings) {
  auto listener = listen_on("127.0.0.1", 0, SOCK_NONBLOCK);
  ASSERT_TRUE(listener);
  port_ = listener->port;
  auto started = Proxy::start(std::move(listener->socket), std::move(settings));
  ASSERT_TRUE(started) << started.error().message;
  proxy_ = *std::move(started);
}

std::string ProxyTest::connect(const Peer& peer, const std::string& destination) {
  peer.send("CONNECT " + destination + " HTTP/1.1\r\nHost: " + destination + "\r\n\r\n");
  const std::string head = peer.read_until("\r\n\r\n");
  return head.substr(0, head.find("\r\n"));
}

int ProxyTest::socks(const Peer& peer, const std::string& host, std::uint16_t port, char command) {
  peer.send(std::string{"\x05\x01\x00", 3});
  if (peer.read(2) != std::string("\x05\x00", 2)) return -1;
  std::string request{"\x05"};
  request += command;
  request += std::string{"\x00\x03", 2};
  request += static_cast<char>(host.size());
  request += host;
  request += static_cast<char>(port >> 8U);
  request += static_cast<char>(port & 0xffU);
  peer.send(request);
  const std::string reply = peer.read(10);
  return reply.size() == 10 ? static_cast<unsigned char>(reply[1]) : -1;
}

NetworkReport ProxyTest::stop() {
  NetworkReport report = proxy_->stop();
  proxy_.reset();
  return report;
}

bool ProxyTest::closed() const {
  const UniqueFd socket = tcp_socket();
  const SocketAddress peer{*parse_ip("127.0.0.1"), port_};
  return ::connect(socket.get(), peer.get(), peer.size()) != 0 && errno == ECONNREFUSED;
}

}  // namespace cex::network
