// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cex::cluster {

/// What Redis answers: a value, however deep. Everything in it is to be checked by who reads it.
struct Reply {
  enum class Kind : std::uint8_t { nil, text, integer, list };
  Kind kind{Kind::nil};
  std::string text;
  std::int64_t integer{0};
  std::vector<Reply> items;

  [[nodiscard]] bool is_nil() const noexcept { return kind == Kind::nil; }
  /// Empty unless it is a text.
  [[nodiscard]] std::optional<std::string_view> as_text() const noexcept {
    if (kind != Kind::text) return std::nullopt;
    return text;
  }
  /// 0 or more, as an integer or as decimal digits; else empty.
  [[nodiscard]] std::optional<std::uint64_t> as_number() const noexcept;
  /// Item `at` of a list; nil where there is none.
  [[nodiscard]] const Reply& operator[](std::size_t at) const noexcept;
};

}  // namespace cex::cluster
