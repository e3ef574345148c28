// SPDX-License-Identifier: Apache-2.0
#include "core/network/dns_fixture.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "core/network/socket_address.hpp"

namespace cex::network {
namespace {

constexpr std::size_t kHead = 12;
constexpr char kTypeA = 1;
constexpr char kTypeAaaa = 28;

std::string record(char type, const IpAddress& address) {
  // Name by pointer to the question; class IN; no time to live, so that nobody keeps it but us.
  const std::string data{reinterpret_cast<const char*>(address.bytes.data()),
                         address.v6 ? std::size_t{16} : std::size_t{4}};
  return std::string{"\xc0\x0c\0", 3} + type + std::string{"\0\1\0\0\0\0\0", 7} +
         static_cast<char>(data.size()) + data;
}

}  // namespace

DnsServer::DnsServer(Answers answers)
    : socket_{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)},
      stop_{::eventfd(0, EFD_CLOEXEC)},
      answers_{std::move(answers)} {
  sockaddr_in own{};
  own.sin_family = AF_INET;
  own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(own);
  auto* const address = reinterpret_cast<sockaddr*>(&own);
  if (::bind(socket_.get(), address, size) != 0 ||
      ::getsockname(socket_.get(), address, &size) != 0) {
    throw std::runtime_error{"no port for a name server"};
  }
  port_ = ntohs(own.sin_port);
  thread_ = std::thread{[this] { serve(); }};
}

DnsServer::~DnsServer() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(stop_.get(), &one, sizeof(one));
  thread_.join();
}

std::string DnsServer::address() const {
  return "127.0.0.1:" + std::to_string(port_);
}

std::vector<std::string> DnsServer::asked() {
  const std::lock_guard lock{mutex_};
  return asked_;
}

void DnsServer::serve() {
  while (true) {
    std::array<pollfd, 2> waits{{{socket_.get(), POLLIN, 0}, {stop_.get(), POLLIN, 0}}};
    if (::poll(waits.data(), waits.size(), -1) < 0) continue;
    if (waits[1].revents != 0) return;
    std::array<char, 1500> buffer{};
    sockaddr_storage peer{};
    socklen_t size = sizeof(peer);
    const auto got = ::recvfrom(socket_.get(), buffer.data(), buffer.size(), 0,
                                reinterpret_cast<sockaddr*>(&peer), &size);
    if (got <= static_cast<ssize_t>(kHead)) continue;
    const std::string answer = reply({buffer.data(), static_cast<std::size_t>(got)});
    ::sendto(socket_.get(), answer.data(), answer.size(), 0,
             reinterpret_cast<const sockaddr*>(&peer), size);
  }
}

std::string DnsServer::reply(const std::string& query) {
  std::string name;
  std::size_t at = kHead;
  while (at < query.size() && query[at] != 0) {
    const auto length = static_cast<std::size_t>(query[at]);
    name += (name.empty() ? "" : ".") + query.substr(at + 1, length);
    at += length + 1;
  }
  const char type = query.at(at + 2);
  const std::string question = query.substr(kHead, at + 5 - kHead);
  const std::lock_guard lock{mutex_};
  asked_.push_back(name);

  std::string records;
  char count = 0;
  const auto known = answers_.find(name);
  if (known != answers_.end()) {
    // A and AAAA of one search belong together, so the A question turns the page.
    std::size_t& turn = turns_[name];
    const std::size_t page = std::min(turn, known->second.size() - 1);
    if (type == kTypeA) ++turn;
    for (const std::string& text : known->second[page]) {
      const IpAddress address = *parse_ip(text);
      if (type != (address.v6 ? kTypeAaaa : kTypeA)) continue;
      records += record(type, address);
      ++count;
    }
  }
  const char code = known == answers_.end() ? 3 : 0;
  return query.substr(0, 2) + "\x81" + static_cast<char>(0x80 | code) + std::string{"\0\1\0", 3} +
         count + std::string(4, '\0') + question + records;
}

}  // namespace cex::network
