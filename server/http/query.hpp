// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "server/http/problem.hpp"

namespace cex::http {

/// Strict percent-decoding. Empty if an escape is broken, or the result holds a control character
/// or is not UTF-8. A `+` stays a plus.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text);

/// The text after `?` as names and values, in order; a parameter without `=` has an empty value.
/// Errors: a broken escape, an empty or repeated name, more than 16 parameters.
[[nodiscard]] tl::expected<Pairs, FieldError> parse_query(std::string_view text);

}  // namespace cex::http
