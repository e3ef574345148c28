// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "core/base/result.hpp"
#include "core/engine/ports.hpp"
#include "core/sandbox/box_view.hpp"

namespace cex::engine {

/// Runs a real job whose program shows its own ids, capabilities, filter, mounts, limits and
/// network devices, looks at the same box from outside while it runs, and holds both against what a
/// box promises. Takes one slot for some milliseconds. Gives a remark for people, such as what the
/// host hides from this process. Errors: Errc::not_ready naming what does not hold;
/// Errc::queue_full if no slot came free, which says nothing about boxes.
[[nodiscard]] Result<std::string> run_self_test(BoxRunner& runner,
                                                const sandbox::CgroupInstance& cgroups,
                                                bool own_ids);

/// What the program printed about itself.
struct InsideReport {
  std::string status;   ///< /proc/self/status
  std::string mounts;   ///< /proc/self/mountinfo
  std::string limits;   ///< /proc/self/limits
  std::string devices;  ///< /proc/self/net/dev
  std::string cgroups;  ///< /proc/self/cgroup
};

/// The judgements alone. Pure.
[[nodiscard]] Result<void> check_inside(const InsideReport& report);
/// `processes`: the limit that was asked for. `server_uid`: whom the job must not be, if slots have
/// ids of their own.
[[nodiscard]] Result<void> check_outside(const sandbox::BoxView& view, std::uint32_t processes,
                                         bool own_ids, std::uint32_t server_uid);

}  // namespace cex::engine
