// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cex {

/// An IPv4 or IPv6 address. A v4 address uses the first four bytes.
struct IpAddress {
  bool v6{false};
  std::array<std::uint8_t, 16> bytes{};

  friend bool operator==(const IpAddress&, const IpAddress&) = default;
};

/// Strict: four decimal numbers without leading zeros, or RFC 4291 text without brackets and
/// without a zone. Nothing else that some resolvers take for an address (decimal, octal, hex, short
/// forms).
[[nodiscard]] std::optional<IpAddress> parse_ip(std::string_view text);

/// The canonical text: "192.0.2.1", "2001:db8::1".
[[nodiscard]] std::string to_string(const IpAddress& address);

/// A block of addresses, "10.0.0.0/8" or a single address.
struct IpBlock {
  IpAddress first;
  unsigned prefix{0};

  /// Never true across families: a mapped v4 address is a v6 address.
  [[nodiscard]] bool contains(const IpAddress& address) const noexcept;
};

/// ADDRESS or ADDRESS/BITS; bits beyond the prefix must be zero.
[[nodiscard]] std::optional<IpBlock> parse_ip_block(std::string_view text);

}  // namespace cex
