// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "core/launcher/wire.hpp"

namespace cex::launcher {

/// What Configure brought; written once by main, then only read. Slots inherit it by fork.
struct Settings {
  wire::Configure configure;
  const unsigned char* payload{nullptr};  ///< mapped read-only
  int instance_dir[wire::kControllers]{-1, -1, -1, -1};
  int parent_dir[wire::kControllers]{-1, -1, -1, -1};
  int proc_dir{-1};  ///< the host's /proc, for what it says of ourselves
  long launcher_pid{0};

  [[nodiscard]] const wire::Payload& head() const {
    return *reinterpret_cast<const wire::Payload*>(payload);
  }
  [[nodiscard]] const char* text(std::uint32_t at) const {
    return reinterpret_cast<const char*>(payload + at);
  }
  [[nodiscard]] std::uint32_t hierarchies() const {
    switch (configure.cgroup) {
      case wire::CgroupKind::none:
        return 0;
      case wire::CgroupKind::v1:
        return wire::kControllers;
      case wire::CgroupKind::v2:
        return 1;
    }
    return 0;
  }
  /// Two ids a slot: the job's and that of the box's init, so that the job cannot signal or trace
  /// it. Rootless with one mapped id: both are that one.
  [[nodiscard]] std::uint32_t job_uid(std::uint32_t slot) const {
    return configure.own_ids == 0 ? configure.uid_base : configure.uid_base + 2 * slot;
  }
  [[nodiscard]] std::uint32_t init_uid(std::uint32_t slot) const {
    return configure.own_ids == 0 ? configure.uid_base : configure.uid_base + 2 * slot + 1;
  }
};

/// Makes a Report of the errno at hand.
[[nodiscard]] wire::Report failed(wire::Stage stage, int index = 0);
[[nodiscard]] inline bool succeeded(const wire::Report& report) {
  return report.stage == wire::Stage::none;
}

}  // namespace cex::launcher
