// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/launcher/settings.hpp"

namespace cex::launcher {

/// Puts the exported run profile on this process; needs no_new_privs.
[[nodiscard]] wire::Report install_run_filter(const Settings& settings);
/// Stacks what compile steps are denied beyond the run profile.
[[nodiscard]] wire::Report install_compile_filter(const Settings& settings);

}  // namespace cex::launcher
