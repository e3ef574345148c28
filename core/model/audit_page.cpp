// SPDX-License-Identifier: Apache-2.0
#include "core/model/audit_page.hpp"

#include <algorithm>
#include <cctype>

namespace cex {

std::optional<std::string> instant_text(std::string_view text) {
  constexpr std::string_view kShape = "0000-00-00T00:00:00";
  constexpr std::size_t kDecimals = 3;
  constexpr std::size_t kMostDecimals = 9;
  if (text.size() < kShape.size() + 1 || text.back() != 'Z') return std::nullopt;
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    if (kShape[i] == '0' ? !digit(text[i]) : text[i] != kShape[i]) return std::nullopt;
  }
  std::string_view decimals = text.substr(kShape.size(), text.size() - kShape.size() - 1);
  if (!decimals.empty()) {
    if (decimals.front() != '.' || decimals.size() == 1) return std::nullopt;
    decimals.remove_prefix(1);
  }
  if (decimals.size() > kMostDecimals || !std::ranges::all_of(decimals, digit)) return std::nullopt;
  std::string kept{decimals.substr(0, kDecimals)};
  kept.resize(kDecimals, '0');
  return std::string{text.substr(0, kShape.size())} + "." + kept + "Z";
}

}  // namespace cex
