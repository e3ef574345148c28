// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/model/sandbox_plan.hpp"
#include "core/policy/planner.hpp"

namespace cex::policy {

/// A layer as the core will build it.
struct LayerPlan {
  std::string id;
  std::string version_key;
  std::vector<std::string> inputs;  ///< absolute; all of them visible in boxes
  std::uint64_t max_bytes{0};
  std::vector<SandboxPlan> steps;  ///< at least one
};

/// The core's answer to a plugin's plan of the warm phase. `max_bytes`: what the operator gives one
/// layer; also the answer to a plugin that does not say. Errors: policy, naming the rule.
[[nodiscard]] Result<std::vector<LayerPlan>> decide_layers(const PlannerInput& input,
                                                           std::uint64_t max_bytes);

}  // namespace cex::policy
