// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/langspec/plan.hpp"
#include "core/model/limits.hpp"
#include "core/model/sandbox_plan.hpp"
#include "core/policy/env_rules.hpp"
#include "core/policy/plan_items.hpp"

namespace cex::policy {

inline constexpr std::size_t kMaxSteps = 8;

/// One phase of one job, as the plugin proposed it, with everything the decision depends on.
struct PlannerInput {
  langspec::Phase phase{langspec::Phase::run};
  langspec::Plan plan;
  langspec::Toolchain toolchain;
  Limits limits;        ///< after narrow()
  Limits max;           ///< hints never go above
  LimitsRequest asked;  ///< what the request named itself: hints leave those alone
  EnvPairs env;         ///< the request's, checked; goes to run steps only, never to a compiler
  std::optional<WindowSize> terminal;        ///< the request's; for run steps only
  std::vector<Destination> network;          ///< granted; for run steps only
  std::vector<std::string> artifacts;        ///< the request's globs, added to a run step's outputs
  std::vector<std::string> toolchain_roots;  ///< the operator's
  std::string box_dir{"/box"};
};

/// May a toolchain of this input have `path` in its boxes? True below the operator's roots and at
/// the few places in /etc that packaged toolchains need; false for anything not absolute and
/// normal.
[[nodiscard]] bool may_be_visible(const PlannerInput& input, const std::string& path);

/// The core's answer to a plugin's proposal: one SandboxPlan a step, in order, each with its hash.
/// Empty if the plugin has nothing to do in a compile or warm phase; steps of the warm phase are
/// left out of the others.
/// Pure: same input, same answer. Errors: policy, naming the step and the rule that it breaks;
/// invalid_request if the request's own arguments do not fit.
[[nodiscard]] Result<std::vector<SandboxPlan>> decide(const PlannerInput& input);

}  // namespace cex::policy
