// SPDX-License-Identifier: Apache-2.0
#include "core/network/socks.hpp"

#include <algorithm>

#include "core/base/ip_address.hpp"

namespace cex::network::socks {
namespace {

constexpr std::size_t kGreetingHead = 2;  // version, number of methods
constexpr std::size_t kRequestHead = 4;   // version, command, reserved, kind of address
constexpr std::size_t kPortSize = 2;
constexpr std::uint8_t kV4 = 1;
constexpr std::uint8_t kName = 3;
constexpr std::uint8_t kV6 = 4;

std::uint8_t byte_at(std::string_view bytes, std::size_t index) {
  return static_cast<std::uint8_t>(bytes[index]);
}

std::string address_text(std::string_view bytes, bool v6) {
  IpAddress address;
  address.v6 = v6;
  std::ranges::transform(bytes, address.bytes.begin(),
                         [](char c) { return static_cast<std::uint8_t>(c); });
  return cex::to_string(address);
}

}  // namespace

Greeting read_greeting(std::string_view bytes) noexcept {
  Greeting greeting;
  if (!bytes.empty() && bytes[0] != kVersion) {
    greeting.progress = Progress::malformed;
    return greeting;
  }
  if (bytes.size() < kGreetingHead) return greeting;
  greeting.size = kGreetingHead + byte_at(bytes, 1);
  if (bytes.size() < greeting.size) return greeting;
  const auto methods = bytes.substr(kGreetingHead, byte_at(bytes, 1));
  greeting.without_authentication = methods.find('\0') != std::string_view::npos;
  greeting.progress = Progress::complete;
  return greeting;
}

Request read_request(std::string_view bytes) {
  Request request;
  if (bytes.size() <= kRequestHead) return request;
  if (bytes[0] != kVersion || bytes[2] != 0) {
    request.progress = Progress::malformed;
    return request;
  }
  request.command = byte_at(bytes, 1);
  const std::uint8_t kind = byte_at(bytes, 3);
  std::size_t at = kRequestHead;
  std::size_t length = 0;
  if (kind == kV4) {
    length = 4;
  } else if (kind == kV6) {
    length = 16;
  } else if (kind == kName && byte_at(bytes, at) > 0) {
    length = byte_at(bytes, at++);
  } else {
    request.progress = Progress::malformed;
    return request;
  }
  request.size = at + length + kPortSize;
  if (bytes.size() < request.size) return request;
  const auto host = bytes.substr(at, length);
  request.host = kind == kName ? std::string{host} : address_text(host, kind == kV6);
  request.port = static_cast<std::uint16_t>(byte_at(bytes, at + length) << 8U |
                                            byte_at(bytes, at + length + 1));
  request.progress = Progress::complete;
  return request;
}

std::string choose_method(bool without_authentication) {
  return {kVersion, without_authentication ? '\0' : '\xff'};
}

std::string render(Reply reply) {
  // The bound address is none of the job's business.
  return {kVersion, static_cast<char>(reply), 0, static_cast<char>(kV4), 0, 0, 0, 0, 0, 0};
}

}  // namespace cex::network::socks
