// SPDX-License-Identifier: Apache-2.0
#include "server/tokens/base64url.hpp"

#include <algorithm>

#include "core/base/text.hpp"

namespace cex::tokens {

std::optional<std::string> base64url_decode(std::string_view text) {
  if (text.find_first_of("+/=") != text.npos) return std::nullopt;
  std::string standard{text};
  std::ranges::replace(standard, '-', '+');
  std::ranges::replace(standard, '_', '/');
  constexpr std::size_t kGroup = 4;
  while (standard.size() % kGroup != 0) standard += '=';
  return base64_decode(standard);
}

}  // namespace cex::tokens
