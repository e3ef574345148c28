// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace cex::plugins {

/// "1.2.3", a "-suffix" is allowed and ignored.
[[nodiscard]] std::optional<std::array<std::uint64_t, 3>> parse_semver(std::string_view text);

/// The version of this host.
[[nodiscard]] std::string_view host_version() noexcept;

}  // namespace cex::plugins
