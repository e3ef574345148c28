// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "core/base/result.hpp"

namespace cex {

struct JsonBounds {
  std::size_t max_depth{32};
  std::size_t max_bytes{std::size_t{64} << 20U};
};

/// Strict parse: valid UTF-8, no comments, no duplicate keys, no NUL in keys, bounded depth and
/// size. Errors: Errc::invalid_request with a message that does not echo the input;
/// Errc::too_large.
[[nodiscard]] Result<nlohmann::json> parse_json(std::string_view text,
                                                const JsonBounds& bounds = {});

/// Compact text. Invalid UTF-8 inside strings is replaced (callers encode bytes as base64 before).
[[nodiscard]] std::string dump_json(const nlohmann::json& value);

/// The same with two-space indentation, for people.
[[nodiscard]] std::string dump_json_pretty(const nlohmann::json& value);

}  // namespace cex
