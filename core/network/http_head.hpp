// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/network/progress.hpp"

namespace cex::network {

inline constexpr std::size_t kMaxHttpHead = 16'384;

/// What a client asks of an HTTP proxy: a tunnel (CONNECT host:port), or one plain request
/// (GET http://host/path) to pass on.
struct HttpRequest {
  Progress progress{Progress::incomplete};
  std::size_t size{0};  ///< bytes that the head took
  bool tunnel{false};
  std::string host;  ///< as given, an address of IPv6 in brackets
  std::uint16_t port{0};
  std::string head;            ///< plain: what to send on, written anew
  std::uint64_t body_size{0};  ///< plain: bytes behind the head
  int status{0};               ///< malformed: what to answer
  const char* reason{""};      ///< malformed: why
};

/// True once the head is whole, or too long to wait for. `known`: how many of the bytes were there
/// at the last call, so that each is looked at once.
[[nodiscard]] bool http_head_is_whole(std::string_view bytes, std::size_t known) noexcept;

/// Reads the head that http_head_is_whole() found. The plain request is written anew from its
/// parts: origin form, the target's own Host, HTTP/1.1, `Connection: close`, nothing hop-by-hop. A
/// body must have a length, since what follows it goes nowhere. Pure and linear.
[[nodiscard]] HttpRequest read_http_request(std::string_view bytes);

/// A refusal that says why, for programs and the people who read their output.
[[nodiscard]] std::string render_refusal(int status, std::string_view why);

}  // namespace cex::network
