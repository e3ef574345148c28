// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/model/language_info.hpp"

namespace cex::sandbox {

struct HostQuestion {
  bool rootless{false};
  bool insecure_no_cgroup_limits{false};
};

/// Looks at the kernel, namespaces, seccomp, cgroups and settings that weaken boxes. Changes
/// nothing. State::failed means: boxes cannot be made here, and the server refuses to start.
[[nodiscard]] std::vector<HealthCheck> check_host(const HostQuestion& question);

}  // namespace cex::sandbox
