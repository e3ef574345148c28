// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cex::tokens {

/// Strict base64url without padding (RFC 7515); empty if the text is anything else.
[[nodiscard]] std::optional<std::string> base64url_decode(std::string_view text);

}  // namespace cex::tokens
