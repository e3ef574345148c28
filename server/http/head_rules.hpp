// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "server/http/error_map.hpp"

namespace cex::http {

/// Request line and all fields.
inline constexpr std::size_t kMaxHeadBytes = std::size_t{64} * 1024;
inline constexpr std::size_t kMaxTargetBytes = 8192;
inline constexpr std::size_t kMaxMethodBytes = 32;
inline constexpr std::size_t kMaxFieldNameBytes = 256;
inline constexpr std::size_t kMaxFieldValueBytes = 8192;
inline constexpr std::size_t kMaxFields = 100;

/// Why the bytes on the wire are not a request that we answer. `detail` never echoes them.
struct Refusal {
  ProblemKind kind{ProblemKind::invalid_request};
  std::string detail;
};

/// How the body after a head is delimited.
struct Framing {
  enum class Kind : std::uint8_t { none, length, chunked };
  Kind kind{Kind::none};
  std::uint64_t length{0};
};

/// Checks a complete raw head, up to and including its empty line, before any lenient parser sees
/// it: request line, field syntax, Host, and everything that two parsers could frame differently
/// (RFC 9112 sections 6 and 11.2). Pure.
[[nodiscard]] tl::expected<Framing, Refusal> check_head(std::string_view head);

/// Looks at an incomplete head for bytes that can never become valid, so that a client which sends
/// bare line feeds is answered at once and not after the deadline. Bytes before `from` were seen by
/// an earlier call (else a head sent byte by byte would cost the square of its length).
[[nodiscard]] std::optional<Refusal> check_partial_head(std::string_view bytes,
                                                        std::size_t from = 0);

}  // namespace cex::http
