// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/base/result.hpp"

namespace cex::warm {

/// SHA-256 over names, kinds, sizes and times of `paths` and of everything below those that are
/// folders: tells whether a toolchain's files changed, without reading them. Links count by what
/// they point to, and what a named path's own link points to is looked at as well. A path that
/// does not exist counts as missing. Errors: too_large beyond 200 000 names, system where a folder
/// cannot be read.
[[nodiscard]] Result<std::string> fingerprint(const std::vector<std::string>& paths);

}  // namespace cex::warm
