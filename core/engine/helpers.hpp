// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace cex::engine {

/// Absolute path of one of our own programs that people do not start by hand: `wanted` if it is not
/// empty, else beside the running program or in the libexec folder. Errors: Errc::config.
[[nodiscard]] Result<std::string> find_helper(std::string_view name, const std::string& wanted);

}  // namespace cex::engine
