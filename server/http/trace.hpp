// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cex::http {

/// `given` if it is 1-128 of `[A-Za-z0-9._-]`, else a new random id.
[[nodiscard]] std::string choose_request_id(std::optional<std::string_view> given);

/// The trace id of a valid W3C `traceparent`, else a new random one: 32 hex digits.
[[nodiscard]] std::string choose_trace_id(std::optional<std::string_view> traceparent);

}  // namespace cex::http
