// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/network/progress.hpp"

/// SOCKS5 (RFC 1928) as far as the proxy speaks it: no authentication, CONNECT. Pure functions over
/// the bytes so far, each of constant cost.
namespace cex::network::socks {

inline constexpr char kVersion = 5;
inline constexpr std::uint8_t kConnect = 1;

enum class Reply : std::uint8_t {
  succeeded = 0,
  general_failure = 1,
  not_allowed = 2,
  host_unreachable = 4,
  command_not_supported = 7,
};

struct Greeting {
  Progress progress{Progress::incomplete};
  std::size_t size{0};  ///< bytes that it took
  bool without_authentication{false};
};
[[nodiscard]] Greeting read_greeting(std::string_view bytes) noexcept;

struct Request {
  Progress progress{Progress::incomplete};
  std::size_t size{0};
  std::uint8_t command{0};
  std::string host;  ///< as given: a name of up to 255 arbitrary bytes, or an address as text
  std::uint16_t port{0};
};
[[nodiscard]] Request read_request(std::string_view bytes);

[[nodiscard]] std::string choose_method(bool without_authentication);
[[nodiscard]] std::string render(Reply reply);

}  // namespace cex::network::socks
