// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include <cex/plugin.hpp>

namespace cex::plugins::cpp {

/// Compiler messages with their position, then those of driver and linker that have none.
/// Linear in the text, which is hostile.
[[nodiscard]] std::vector<plugin::Diagnostic> diagnose(std::string_view text);

}  // namespace cex::plugins::cpp
