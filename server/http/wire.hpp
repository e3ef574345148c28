// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "server/http/message.hpp"

namespace cex::http {

enum class KeepAlive : std::uint8_t { no, yes };
enum class BodyPart : std::uint8_t { with_body, head_only };

/// The status line and all header fields, with the security headers and the request id that every
/// answer carries, up to and including the empty line. Without Content-Length if `length` is empty
/// (an event stream ends with the connection).
[[nodiscard]] std::string render_head(const Response& response, std::string_view request_id,
                                      KeepAlive keep_alive, std::optional<std::size_t> length);

/// The whole answer as bytes.
[[nodiscard]] std::string render(const Response& response, std::string_view request_id,
                                 KeepAlive keep_alive, BodyPart part = BodyPart::with_body);

[[nodiscard]] Response to_response(const Problem& problem, std::string_view request_id);

}  // namespace cex::http
