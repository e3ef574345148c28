// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "core/base/result.hpp"
#include "core/model/sandbox_plan.hpp"
#include "core/policy/planner.hpp"

namespace cex::policy {

/// How the program of `step` may be started ahead, if its plugin says how and nothing of the job
/// has to be there by then. `plan`: what was decided of the step so far. Errors: policy, naming the
/// rule.
[[nodiscard]] Result<std::optional<Preboot>> decide_preboot(const PlannerInput& input,
                                                            const langspec::Step& step,
                                                            const SandboxPlan& plan);

}  // namespace cex::policy
