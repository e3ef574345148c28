// SPDX-License-Identifier: Apache-2.0
#include "tests/api/raw_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <stdexcept>
#include <system_error>

namespace cex::test {
namespace {

constexpr std::chrono::milliseconds kPatience{100'000};

[[noreturn]] void raise(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

std::chrono::milliseconds patience(std::chrono::milliseconds base) {
  const char* factor = std::getenv("CEX_TEST_TIME_FACTOR");
  const long number = factor == nullptr ? 1 : std::atol(factor);
  return base * std::max(1L, number);
}

std::string HttpResponse::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string{} : found->second;
}

RawClient::RawClient(std::uint16_t port) : fd_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
  if (!fd_) raise("socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    raise("connect");
  }
  const int one = 1;
  if (::setsockopt(fd_.get(), IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) != 0) raise("setsockopt");
}

// A server that closed already is no failure of the sender: what matters is its answer.
void RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0) {
      if (errno == EINTR) continue;
      if (errno == EPIPE || errno == ECONNRESET) return;
      raise("send");
    }
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

bool RawClient::fill(std::chrono::steady_clock::time_point deadline) {
  while (!ended_) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd entry{fd_.get(), POLLIN, 0};
    const int ready = ::poll(&entry, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    if (ready == 0) return false;
    if (ready < 0) continue;
    std::array<char, 65536> block;
    const ssize_t count = ::recv(fd_.get(), block.data(), block.size(), 0);
    if (count > 0) {
      buffer_.append(block.data(), static_cast<std::size_t>(count));
      return true;
    }
    ended_ = true;
  }
  return false;
}

HttpResponse RawClient::read_head() {
  const std::string head = read_until("\r\n\r\n");
  HttpResponse response;
  if (!head.starts_with("HTTP/1.1 ") || !head.ends_with("\r\n\r\n")) return response;
  response.status = std::atoi(head.c_str() + 9);
  std::size_t at = head.find("\r\n") + 2;
  while (at < head.size() - 2) {
    const auto end = head.find("\r\n", at);
    const std::string line = head.substr(at, end - at);
    at = end + 2;
    const auto colon = line.find(": ");
    std::string name = line.substr(0, colon);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    response.headers[name] = line.substr(colon + 2);
  }
  return response;
}

HttpResponse RawClient::read_response(bool head_request) {
  HttpResponse response = read_head();
  if (response.status == 0 || response.status == 100 || head_request) return response;
  if (response.headers.count("content-length") != 0) {
    const auto length = static_cast<std::size_t>(std::stoul(response.header("content-length")));
    const auto deadline = std::chrono::steady_clock::now() + patience(kPatience);
    while (buffer_.size() < length && fill(deadline)) {
    }
    response.body = buffer_.substr(0, length);
    buffer_.erase(0, response.body.size());
  } else if (response.status != 204) {
    response.body = read_to_end().value_or("");
  }
  return response;
}

std::optional<std::string> RawClient::read_to_end() {
  const auto deadline = std::chrono::steady_clock::now() + patience(kPatience);
  while (fill(deadline)) {
  }
  if (!ended_) return std::nullopt;
  return std::exchange(buffer_, {});
}

std::string RawClient::read_until(std::string_view text) {
  const auto deadline = std::chrono::steady_clock::now() + patience(kPatience);
  std::size_t seen = 0;
  while (true) {
    const auto at = buffer_.find(text, seen);
    if (at != std::string::npos) {
      std::string out = buffer_.substr(0, at + text.size());
      buffer_.erase(0, out.size());
      return out;
    }
    seen = buffer_.size() > text.size() ? buffer_.size() - text.size() : 0;
    if (!fill(deadline)) return std::exchange(buffer_, {});
  }
}

std::string RawClient::read_bytes(std::size_t count) {
  const auto deadline = std::chrono::steady_clock::now() + patience(kPatience);
  while (buffer_.size() < count && fill(deadline)) {
  }
  std::string out = buffer_.substr(0, count);
  buffer_.erase(0, out.size());
  return out;
}

void RawClient::half_close() {
  if (::shutdown(fd_.get(), SHUT_WR) != 0) raise("shutdown");
}

}  // namespace cex::test
