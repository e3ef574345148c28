// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/engine/build_engine.hpp"
#include "core/model/job_view.hpp"
#include "core/sandbox/cgroup_instance.hpp"
#include "core/sandbox/launcher_process.hpp"

namespace cex::engine {

/// What prepare_host() hands to build_engine().
struct Host::State {
  sandbox::CgroupInstance cgroups;  ///< its lock must outlive the launchers
  std::vector<sandbox::LauncherProcess> launchers;
  std::uint32_t workers{0};  ///< jobs at once
  std::uint32_t slots{0};
  std::uint64_t memory_bytes{0};  ///< for all running steps together
  Isolation isolation;
  std::vector<HealthCheck> checks;
};

}  // namespace cex::engine
