// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cex {

/// Strict UTF-8 (no overlong forms, no surrogates, nothing above U+10FFFF). NUL is allowed.
[[nodiscard]] bool is_valid_utf8(std::string_view bytes) noexcept;

[[nodiscard]] std::string base64_encode(std::string_view bytes);

/// Strict RFC 4648 base64 with padding; empty if the text is anything else.
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);

/// Lower-case hex of SHA-256.
[[nodiscard]] std::string sha256_hex(std::string_view bytes);

/// Splits at every `separator`; "" gives one empty part.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);

[[nodiscard]] std::string_view trim(std::string_view text) noexcept;

/// ASCII letters in lower case; other bytes as they are.
[[nodiscard]] std::string ascii_lower(std::string_view text);

/// "a, b and c" style lists for messages: items joined by `separator`.
[[nodiscard]] std::string join(const std::vector<std::string>& items, std::string_view separator);

/// Is `path` strictly below `folder`, component by component? Both normalised.
[[nodiscard]] bool is_below(std::string_view path, std::string_view folder) noexcept;

/// Decimal digits only, no sign, no overflow.
[[nodiscard]] std::optional<std::uint64_t> parse_u64(std::string_view text) noexcept;

/// Does `name` match `pattern`? `*` matches within one path component, `**` across components, `?`
/// one byte that is not '/'; `**/` in place of a component stands for any number of folders, also
/// none. Costs at most the product of the lengths.
[[nodiscard]] bool glob_match(std::string_view pattern, std::string_view name);

/// `text` for a log line or message: control bytes replaced by '?', cut after `max` bytes.
[[nodiscard]] std::string printable(std::string_view text, std::size_t max = 200);

/// Orders the version "3.9" before "3.11": numbers as numbers, the rest as text.
[[nodiscard]] bool version_less(std::string_view a, std::string_view b);

}  // namespace cex
