// SPDX-License-Identifier: Apache-2.0
#include "core/policy/preboot_rules.hpp"

#include <algorithm>
#include <string_view>

#include "core/base/text.hpp"

namespace cex::policy {
namespace {

std::string_view name_of(std::string_view variable) {
  return variable.substr(0, variable.find('='));
}

// The gate takes its variables away again, and with them one of the job's that has the same name.
bool collides(const std::vector<std::string>& own, const std::vector<std::string>& gate) {
  return std::ranges::any_of(gate, [&](const std::string& variable) {
    return std::ranges::any_of(
        own, [&](const std::string& other) { return name_of(other) == name_of(variable); });
  });
}

}  // namespace

Result<std::optional<Preboot>> decide_preboot(const PlannerInput& input, const langspec::Step& step,
                                              const SandboxPlan& plan) {
  const auto wanted = std::ranges::find_if(
      input.plan.preboots, [&](const auto& preboot) { return preboot.step == step.name; });
  if (wanted == input.plan.preboots.end()) return std::optional<Preboot>{};
  CEX_CHECK(check_items("preboot.argv", wanted->argv));
  CEX_CHECK(check_items("preboot.env", wanted->env));
  if (wanted->argv.empty() || wanted->argv.front() != plan.argv.front()) {
    return refuse("preboot.argv: must start the step's own program, " +
                  printable(plan.argv.front()));
  }
  // What waits in the box cannot be in a folder that the job brings, nor beside a listener that is
  // made for the job.
  const bool possible = input.phase != langspec::Phase::warm && plan.cwd == input.box_dir &&
                        plan.network.empty() && !collides(plan.env, wanted->env) &&
                        !is_below(plan.argv.front(), input.box_dir);
  if (!possible) return std::optional<Preboot>{};
  Preboot preboot;
  preboot.argv = wanted->argv;
  std::vector<std::string> env = plan.env;
  env.insert(env.end(), wanted->env.begin(), wanted->env.end());
  CEX_TRY(preboot.env, merge_env(env, {}));
  CEX_TRY(preboot.files, decide_files(input.plan.files, wanted->id, false));
  return std::optional{std::move(preboot)};
}

}  // namespace cex::policy
