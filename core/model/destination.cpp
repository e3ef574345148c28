// SPDX-License-Identifier: Apache-2.0
#include "core/model/destination.hpp"

#include <algorithm>

#include "core/base/ip_address.hpp"
#include "core/base/text.hpp"

namespace cex {
namespace {

constexpr std::size_t kMaxName = 253;
constexpr std::size_t kMaxLabel = 63;
constexpr std::uint64_t kMaxPort = 65'535;
constexpr std::size_t kMaxPortDigits = 5;

tl::unexpected<Error> refuse(const char* why) {
  return fail(Errc::invalid_request, why);
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= kMaxLabel && label.front() != '-' &&
         label.back() != '-' && std::ranges::all_of(label, [](char c) {
           return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-' || c == '_';
         });
}

// No name ends in a number, so what does was meant as an address: inet_aton() reads "127.1",
// "0x7f.1" and "2130706433" as one.
bool ends_in_a_number(std::string_view label) {
  if (std::ranges::all_of(label, is_digit)) return true;
  return label.starts_with("0x") && std::ranges::all_of(label.substr(2), [](char c) {
           return is_digit(c) || (c >= 'a' && c <= 'f');
         });
}

Result<std::uint16_t> parse_port(std::string_view text) {
  const auto port = parse_u64(text);
  if (!port || *port == 0 || *port > kMaxPort || text.size() > kMaxPortDigits) {
    return refuse("needs a port between 1 and 65535 after the last ':'");
  }
  return static_cast<std::uint16_t>(*port);
}

}  // namespace

std::string to_string(const Destination& destination) {
  const bool v6 = destination.host.find(':') != std::string::npos;
  const std::string host = v6 ? "[" + destination.host + "]" : destination.host;
  return host + ":" + std::to_string(destination.port);
}

bool is_ip_literal(const Destination& destination) {
  return parse_ip(destination.host).has_value();
}

Result<std::string> normal_host(std::string_view text, Brackets brackets) {
  const bool in_brackets = text.size() > 2 && text.front() == '[' && text.back() == ']';
  const std::string_view bare = in_brackets ? text.substr(1, text.size() - 2) : text;
  if (const auto address = parse_ip(bare)) {
    const bool wanted = address->v6 && brackets == Brackets::required;
    if (wanted != in_brackets)
      return refuse("an IPv6 address stands in brackets, nothing else does");
    return to_string(*address);
  }
  if (text.empty() || text.size() > kMaxName) return refuse("a host has 1 to 253 bytes");
  std::string name{text};
  std::ranges::transform(name, name.begin(), lower);
  const auto labels = split(name, '.');
  if (!std::ranges::all_of(labels, is_label)) {
    return refuse(
        "a host is an IP address, or a name of labels with 1 to 63 letters, digits, '-' and '_' "
        "(other scripts as punycode), without a dot at its end");
  }
  if (ends_in_a_number(labels.back())) {
    return refuse("an IPv4 address has four decimal numbers without leading zeros");
  }
  return name;
}

Result<Destination> parse_destination(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return refuse("must be HOST:PORT");
  Destination destination;
  CEX_TRY(destination.host, normal_host(text.substr(0, colon), Brackets::required));
  CEX_TRY(destination.port, parse_port(text.substr(colon + 1)));
  return destination;
}

bool DestinationPattern::matches(const Destination& wanted) const {
  if (wanted.port != destination.port) return false;
  if (kind == Kind::exact) return wanted.host == destination.host;
  if (is_ip_literal(wanted) || wanted.host.find('.') == std::string::npos) return false;
  return kind == Kind::any_name || wanted.host.ends_with("." + destination.host);
}

Result<DestinationPattern> parse_destination_pattern(std::string_view text) {
  constexpr std::string_view kAny = "*:";
  constexpr std::string_view kBelow = "*.";
  DestinationPattern pattern;
  if (text.starts_with(kAny)) {
    pattern.kind = DestinationPattern::Kind::any_name;
    auto port = parse_port(text.substr(kAny.size()));
    if (!port) return fail(Errc::config, port.error().message);
    pattern.destination.port = *port;
    return pattern;
  }
  const bool below = text.starts_with(kBelow);
  auto destination = parse_destination(below ? text.substr(kBelow.size()) : text);
  if (!destination) return fail(Errc::config, destination.error().message);
  if (below) pattern.kind = DestinationPattern::Kind::below;
  pattern.destination = *std::move(destination);
  if (below && is_ip_literal(pattern.destination)) {
    return fail(Errc::config, "there is nothing below an address");
  }
  return pattern;
}

}  // namespace cex
