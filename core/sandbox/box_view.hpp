// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "core/sandbox/cgroup_instance.hpp"

namespace cex::sandbox {

/// A running box as the host sees it: nothing in it comes from the box.
struct BoxView {
  std::map<std::string, std::string>
      limits;  ///< a file of its cgroup -> content: "pids.max" -> "8"
  /// /proc/PID/status of the job's process; empty where the host hides other users' processes from
  /// us (ProtectProc=, hidepid=).
  std::string status;
};

/// The box of this server whose memory limit is exactly `memory_bytes`, which is how one is found
/// without trusting a word of what runs in it. Empty: there is none.
[[nodiscard]] std::optional<BoxView> find_box(const CgroupInstance& cgroups,
                                              std::uint64_t memory_bytes);

}  // namespace cex::sandbox
