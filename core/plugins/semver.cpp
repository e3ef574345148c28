// SPDX-License-Identifier: Apache-2.0
#include "core/plugins/semver.hpp"

#include "core/base/text.hpp"

namespace cex::plugins {

std::optional<std::array<std::uint64_t, 3>> parse_semver(std::string_view text) {
  const auto parts = split(text.substr(0, text.find('-')), '.');
  if (parts.size() != 3) return std::nullopt;
  std::array<std::uint64_t, 3> numbers{};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto number = parse_u64(parts[i]);
    if (!number) return std::nullopt;
    numbers[i] = *number;
  }
  return numbers;
}

std::string_view host_version() noexcept {
  return CEX_HOST_VERSION;
}

}  // namespace cex::plugins
