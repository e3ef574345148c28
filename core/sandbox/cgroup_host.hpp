// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/launcher/wire.hpp"

namespace cex::sandbox {

/// One mounted hierarchy that offers what a box needs.
struct CgroupHierarchy {
  std::string mount_point;  ///< "/sys/fs/cgroup/memory"
  std::string own_path;     ///< this process's group in it, "/" for the root
};

/// What the host has, found per controller: v1 and v2 may be mounted side by side, and each
/// controller belongs to one of them.
struct CgroupHost {
  wire::CgroupKind kind{wire::CgroupKind::none};
  std::array<CgroupHierarchy, wire::kControllers> hierarchies;  ///< v2: only the first
  std::vector<std::string> missing;  ///< controllers that neither version offers
};

/// The controllers every box needs, in the order of wire::Controller.
inline constexpr std::array<const char*, wire::kControllers> kControllerNames{"memory", "pids",
                                                                              "cpu", "cpuacct"};

/// Reads /proc/self/mountinfo and /proc/self/cgroup; changes nothing.
[[nodiscard]] Result<CgroupHost> find_cgroups();

/// The same from given texts, for tests. `controllers_of` reads a mount's cgroup.controllers.
[[nodiscard]] CgroupHost find_cgroups(const std::string& mountinfo, const std::string& own,
                                      const std::string& unified_controllers);

}  // namespace cex::sandbox
