// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"

namespace cex {

/// A host and a port that a job may reach. The host is a lower-case DNS name, or an address in its
/// canonical text (v6 without brackets).
struct Destination {
  std::string host;
  std::uint16_t port{0};

  friend bool operator==(const Destination&, const Destination&) = default;
};

/// "host:port", "192.0.2.1:443", "[2001:db8::1]:443".
[[nodiscard]] std::string to_string(const Destination& destination);

[[nodiscard]] bool is_ip_literal(const Destination& destination);

enum class Brackets : std::uint8_t { required, none };

/// The host in the one form that is compared: names in lower case, addresses canonical.
/// Names: 1 to 253 bytes, labels of 1 to 63 of [A-Za-z0-9_-] that neither begin nor end with '-',
/// no dot at the end. Refused: other bytes (use punycode), and every number that some resolvers
/// take for an address (decimal, octal, hex, short). `brackets`: what stands around an address of
/// IPv6. Errors: invalid_request, with a sentence that does not repeat the text.
[[nodiscard]] Result<std::string> normal_host(std::string_view text, Brackets brackets);

/// Reads "HOST:PORT"; port 1 to 65535. Errors as normal_host().
[[nodiscard]] Result<Destination> parse_destination(std::string_view text);

/// What an operator permits: a destination, "*.example.org:443" (any name below, not itself), or
/// "*:443" (any name with a dot in it). No pattern with a star matches an address or a name of a
/// single label.
struct DestinationPattern {
  enum class Kind : std::uint8_t { exact, below, any_name };
  Kind kind{Kind::exact};
  Destination destination;  ///< below: the host is what follows "*."; any_name: the host is empty

  [[nodiscard]] bool matches(const Destination& wanted) const;
};

/// Errors: config, without the text.
[[nodiscard]] Result<DestinationPattern> parse_destination_pattern(std::string_view text);

}  // namespace cex
