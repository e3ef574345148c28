// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include <cex/plugin.hpp>

namespace cex::plugins::cpp {

/// GCC serves one language for each driver, Clang serves both with one.
[[nodiscard]] std::optional<plugin::Toolchain> recognise(const plugin::ProbeOutput& output);

/// Whether a plan is for Clang; the tool chain's id says so.
[[nodiscard]] bool is_clang(std::string_view toolchain);

/// What a compiler outside the base system brings along: of /opt/gcc-14/bin/gcc its own folder.
[[nodiscard]] plugin::Strings paths_of(std::string_view executable);

}  // namespace cex::plugins::cpp
