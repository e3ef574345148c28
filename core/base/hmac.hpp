// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace cex {

/// Lower-case hex of HMAC-SHA256 (RFC 2104).
[[nodiscard]] std::string hmac_sha256_hex(std::string_view key, std::string_view bytes);

/// Are they equal? Takes as long for texts that differ in the first byte as for those that differ
/// in the last, so that secrets cannot be guessed byte by byte.
[[nodiscard]] bool same_secret(std::string_view a, std::string_view b) noexcept;

}  // namespace cex
