// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/launcher/settings.hpp"

namespace cex::launcher {

/// Writes the archive's folders and files below `dir`, as the calling process's own id and into its
/// cgroup's account. `index` of a failure is the entry's number plus 10.
[[nodiscard]] wire::Report unpack(const unsigned char* archive, std::uint64_t size, int dir);

}  // namespace cex::launcher
