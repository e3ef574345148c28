// SPDX-License-Identifier: Apache-2.0
#include "server/http/query.hpp"

#include <algorithm>

#include "core/base/text.hpp"

namespace cex::http {
namespace {

constexpr std::size_t kMaxParameters = 16;
constexpr std::string_view kHexDigits = "0123456789abcdef";

std::size_t hex_value(char c) {
  if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
  return kHexDigits.find(c);
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const auto high = hex_value(text[i + 1]);
    const auto low = hex_value(text[i + 2]);
    if (high == kHexDigits.npos || low == kHexDigits.npos) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  const bool clean =
      std::none_of(out.begin(), out.end(), [](unsigned char c) { return c < 0x20U || c == 0x7FU; });
  if (!clean || !is_valid_utf8(out)) return std::nullopt;
  return out;
}

tl::expected<Pairs, FieldError> parse_query(std::string_view text) {
  Pairs pairs;
  if (text.empty()) return pairs;
  for (const std::string_view part : split(text, '&')) {
    const auto equals = part.find('=');
    auto name = percent_decode(part.substr(0, equals));
    auto value = percent_decode(equals == part.npos ? std::string_view{} : part.substr(equals + 1));
    if (!name || !value || name->empty()) {
      return tl::unexpected(FieldError{"/query", "a query parameter is empty or badly encoded"});
    }
    const bool repeated = std::any_of(pairs.begin(), pairs.end(),
                                      [&](const auto& pair) { return pair.first == *name; });
    if (repeated)
      return tl::unexpected(FieldError{"/query/" + printable(*name, 64), "given twice"});
    if (pairs.size() == kMaxParameters) {
      return tl::unexpected(FieldError{"/query", "there are more than 16 query parameters"});
    }
    pairs.emplace_back(std::move(*name), std::move(*value));
  }
  return pairs;
}

}  // namespace cex::http
