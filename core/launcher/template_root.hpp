// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/launcher/settings.hpp"

namespace cex::launcher {

/// Rootless only: where the template keeps the host's proc, relative to the root.
constexpr const char* kHostProc = ".proc";

/// Builds the root that every box starts from, from the payload's mount records, and moves this
/// process into it: new mount, uts, ipc and cgroup-free namespaces, a private tmpfs, read-only
/// binds, pivot_root, old root detached. `index` of a failure is the record's number, or 1000 and
/// up for the steps around them.
[[nodiscard]] wire::Report enter_template_root(const Settings& settings);

}  // namespace cex::launcher
