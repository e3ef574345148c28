// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/launcher/wire.hpp"
#include "core/model/sandbox_plan.hpp"

namespace cex::supervise {

/// The order to a slot to run a step under the plan's limits.
[[nodiscard]] wire::Run to_run(const SandboxPlan& plan);

}  // namespace cex::supervise
