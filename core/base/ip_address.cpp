// SPDX-License-Identifier: Apache-2.0
#include "core/base/ip_address.hpp"

#include <arpa/inet.h>

#include <algorithm>

#include "core/base/text.hpp"

namespace cex {
namespace {

constexpr unsigned kV4Bits = 32;
constexpr unsigned kV6Bits = 128;

/// The byte at `index` with only the bits of a prefix of `bits`.
std::uint8_t masked(const IpAddress& address, std::size_t index, unsigned bits) {
  const unsigned before = static_cast<unsigned>(index) * 8;
  if (bits >= before + 8) return address.bytes.at(index);
  if (bits <= before) return 0;
  return static_cast<std::uint8_t>(address.bytes.at(index) & (0xFFU << (before + 8 - bits)));
}

}  // namespace

std::optional<IpAddress> parse_ip(std::string_view text) {
  if (text.size() >= INET6_ADDRSTRLEN || text.find('\0') != std::string_view::npos) return {};
  const std::string copy{text};
  IpAddress address;
  address.v6 = text.find(':') != std::string_view::npos;
  // inet_pton knows only the strict forms; inet_aton is the one that takes the odd ones.
  if (::inet_pton(address.v6 ? AF_INET6 : AF_INET, copy.c_str(), address.bytes.data()) != 1) {
    return {};
  }
  return address;
}

std::string to_string(const IpAddress& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(address.v6 ? AF_INET6 : AF_INET, address.bytes.data(), text.data(), text.size());
  return text.data();
}

bool IpBlock::contains(const IpAddress& address) const noexcept {
  if (address.v6 != first.v6) return false;
  const std::size_t size = first.v6 ? 16 : 4;
  for (std::size_t i = 0; i < size; ++i) {
    if (masked(address, i, prefix) != masked(first, i, prefix)) return false;
  }
  return true;
}

std::optional<IpBlock> parse_ip_block(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = parse_ip(text.substr(0, slash));
  if (!address) return {};
  const unsigned most = address->v6 ? kV6Bits : kV4Bits;
  IpBlock block{*address, most};
  if (slash == std::string_view::npos) return block;
  const std::string_view digits = text.substr(slash + 1);
  const auto bits = parse_u64(digits);
  if (!bits || *bits > most || digits.size() > 3) return {};
  block.prefix = static_cast<unsigned>(*bits);
  for (std::size_t i = 0; i < block.first.bytes.size(); ++i) {
    if (masked(block.first, i, block.prefix) != block.first.bytes.at(i)) return {};
  }
  return block;
}

}  // namespace cex
