// SPDX-License-Identifier: Apache-2.0
#include "core/policy/planner.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/base/json.hpp"
#include "core/base/text.hpp"
#include "core/model/json.hpp"
#include "core/policy/limit_rules.hpp"
#include "core/policy/network_rules.hpp"
#include "core/policy/path_rules.hpp"
#include "core/policy/preboot_rules.hpp"

namespace cex::policy {
namespace {

using langspec::Phase;
using langspec::Step;

constexpr std::size_t kMaxStepName = 64;
constexpr std::size_t kMaxOutputs = 64;
constexpr const char* kTerm = "xterm-256color";  // what clients of a terminal draw, mostly

bool is_step_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxStepName &&
         std::ranges::all_of(name, [](char c) { return c >= 0x20 && c < 0x7F; });
}

bool is_layer_id(std::string_view id) {
  return is_step_name(id) && id.find('=') == std::string_view::npos;
}

/// Absolute, and already in the shape that lexical normalisation would give it.
bool is_normal_absolute(std::string_view path) {
  if (path.size() < 2 || path.front() != '/' || path.find('\0') != std::string_view::npos) {
    return false;
  }
  const auto parts = split(path.substr(1), '/');
  return std::ranges::none_of(
      parts, [](std::string_view part) { return part.empty() || part == "." || part == ".."; });
}

bool is_under_any(std::string_view path, const std::vector<std::string>& folders) {
  return std::ranges::any_of(folders, [&](const auto& folder) { return is_below(path, folder); });
}

/// The two places in /etc that packaged toolchains cannot do without: Debian's JVM keeps half of
/// its home there, and commands are links through /etc/alternatives.
bool is_toolchain_etc(std::string_view path) {
  return path == "/etc/alternatives" || path.starts_with("/etc/java-");
}

Result<void> check_program(const PlannerInput& input, const Step& step) {
  if (step.argv.empty()) return refuse("argv: is empty");
  CEX_CHECK(check_items("argv", step.argv));
  const std::string& program = step.argv.front();
  if (!is_normal_absolute(program)) {
    return refuse("argv[0]: '" + printable(program) + "' is not an absolute, normalised path");
  }
  const bool own_output = is_below(program, input.box_dir);
  if (own_output && input.phase != Phase::run) {
    return refuse("argv[0]: '" + printable(program) +
                  "' lies in the box; a step before the run may only "
                  "run programs of the toolchain");
  }
  if (!own_output && !is_under_any(program, input.toolchain_roots)) {
    return refuse("argv[0]: '" + printable(program) + "' lies outside the toolchain roots (" +
                  join(input.toolchain_roots, ", ") + ") and the box");
  }
  return {};
}

Result<std::string> decide_cwd(const PlannerInput& input, const Step& step) {
  if (step.cwd.empty() || step.cwd == input.box_dir) return input.box_dir;
  std::string_view below = step.cwd;
  if (is_below(below, input.box_dir)) below.remove_prefix(input.box_dir.size() + 1);
  if (auto good = check_path(below); !good) {
    return refuse("cwd: must lie below " + input.box_dir + ": " + good.error().message);
  }
  return input.box_dir + "/" + std::string{below};
}

Result<std::vector<std::string>> decide_outputs(const PlannerInput& input, const Step& step) {
  std::vector<std::string> outputs = step.outputs;
  if (input.phase == Phase::run) {
    outputs.insert(outputs.end(), input.artifacts.begin(), input.artifacts.end());
  }
  if (outputs.size() > kMaxOutputs) {
    return refuse("outputs: more than " + std::to_string(kMaxOutputs));
  }
  for (const std::string& output : outputs) {
    if (auto good = check_glob(output); !good) {
      return refuse("outputs: '" + printable(output, 60) + "': " + good.error().message);
    }
  }
  return outputs;
}

Result<void> check_inputs(const Step& step) {
  for (const std::string& name : step.inputs) {
    if (auto good = check_path(name); !good) {
      return refuse("inputs: '" + printable(name, 60) + "': " + good.error().message);
    }
  }
  return {};
}

Result<std::vector<std::string>> decide_layers_of(const Step& step) {
  for (const std::string& id : step.layers) {
    if (!is_layer_id(id)) return refuse("layers: '" + printable(id, 60) + "' is no id of a layer");
  }
  return step.layers;
}

Result<SandboxPlan> decide_step(const PlannerInput& input, const Step& step) {
  CEX_CHECK(check_program(input, step));
  CEX_CHECK(check_inputs(step));
  SandboxPlan plan;
  plan.step = step.name;
  plan.profile = input.phase == Phase::run ? Profile::run : Profile::compile;
  plan.argv = step.argv;
  // A client's variables reach its program, never a compiler: there they would be options by
  // another door.
  EnvPairs env = input.phase == Phase::run ? input.env : EnvPairs{};
  if (input.phase == Phase::run && input.terminal) {
    plan.terminal = input.terminal;
    env.insert(env.begin(), {"TERM", kTerm});  // first, so that the request may name another
  }
  if (input.phase == Phase::run && !input.network.empty()) {
    plan.network = input.network;
    // Last, so that neither plugin nor request has a say.
    env.insert(env.end(), proxy_env().begin(), proxy_env().end());
  }
  CEX_TRY(plan.env, merge_env(step.env, env));
  CEX_CHECK(check_items("env", plan.env));
  CEX_TRY(plan.cwd, decide_cwd(input, step));
  CEX_TRY(plan.outputs, decide_outputs(input, step));
  CEX_TRY(plan.files, decide_files(input.plan.files, step.name, true));
  CEX_TRY(plan.layers, decide_layers_of(step));
  plan.repeatable = step.repeatable && input.phase == Phase::compile;
  plan.attempt = step.attempt && input.phase == Phase::compile;
  CEX_CHECK(check_items("unless", step.unless));
  if (plan.attempt) plan.unless = step.unless;
  CEX_TRY(plan.preboot, decide_preboot(input, step, plan));
  plan.limits = raise(input.limits, step.hints, input.max, input.asked);
  plan.hash = sha256_hex(dump_json(to_json_value(plan)));
  return plan;
}

Result<void> check_toolchain(const PlannerInput& input) {
  for (const std::string& path : input.toolchain.read_only_paths) {
    if (!may_be_visible(input, path)) {
      return refuse("read_only_paths: '" + printable(path) +
                    "' lies outside the toolchain roots (" + join(input.toolchain_roots, ", ") +
                    ")");
    }
  }
  return {};
}

Result<void> check_shape(const PlannerInput& input) {
  if (input.plan.steps.size() > kMaxSteps) {
    return refuse("more than " + std::to_string(kMaxSteps) + " steps");
  }
  std::set<std::string_view> names;
  for (const Step& step : input.plan.steps) {
    if (!is_step_name(step.name)) {
      return refuse("a step's name must have 1 to 64 printable ASCII characters");
    }
    if (!names.insert(step.name).second) return refuse("two steps are named " + step.name);
    if (step.phase != input.phase && step.phase != Phase::warm) {
      return refuse("step " + step.name + " belongs to another phase than the one asked for");
    }
  }
  const auto attempts = [](const Step& step) { return step.attempt; };
  if (!std::ranges::is_partitioned(input.plan.steps, attempts) ||
      (!input.plan.steps.empty() && std::ranges::all_of(input.plan.steps, attempts))) {
    return refuse("attempts come first, and steps that are none must follow");
  }
  return {};
}

}  // namespace

bool may_be_visible(const PlannerInput& input, const std::string& path) {
  if (!is_normal_absolute(path)) return false;
  const bool is_root =
      std::ranges::find(input.toolchain_roots, path) != input.toolchain_roots.end();
  return is_root || is_under_any(path, input.toolchain_roots) || is_toolchain_etc(path);
}

Result<std::vector<SandboxPlan>> decide(const PlannerInput& input) {
  CEX_CHECK(check_shape(input));
  CEX_CHECK(check_toolchain(input));
  std::vector<SandboxPlan> plans;
  for (const Step& step : input.plan.steps) {
    if (step.phase != input.phase) continue;
    auto decided = decide_step(input, step);
    if (!decided) return in("step " + step.name, std::move(decided).error());
    plans.push_back(*std::move(decided));
  }
  if (input.phase == Phase::run && plans.size() != 1) {
    return refuse("a run phase needs exactly one run step, got " + std::to_string(plans.size()));
  }
  return plans;
}

}  // namespace cex::policy
