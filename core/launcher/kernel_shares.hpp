// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/launcher/settings.hpp"

namespace cex::launcher {

/// Inside the launcher's own user namespace, before its rights are given up. The kernel counts
/// inotify instances and watches against the id that holds them and against whoever made the
/// namespace: one id for all boxes. So each id gets a part of what its maker may hold.
[[nodiscard]] wire::Report share_kernel_quotas(const Settings& settings);

}  // namespace cex::launcher
