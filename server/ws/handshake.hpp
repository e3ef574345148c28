// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "server/http/message.hpp"

namespace cex::ws {

/// What a request for a WebSocket is answered with (Sec-WebSocket-Accept), or why it is none.
[[nodiscard]] tl::expected<std::string, http::Problem> check_upgrade(const http::Request& request);

/// The answer's head, after which both sides speak in frames.
[[nodiscard]] std::string render_upgrade(std::string_view accept, std::string_view request_id);

}  // namespace cex::ws
