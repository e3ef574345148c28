// SPDX-License-Identifier: Apache-2.0
#include "core/engine/layer_builder.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/base/json.hpp"
#include "core/base/text.hpp"
#include "core/engine/file_sets.hpp"
#include "core/launcher/wire.hpp"
#include "core/model/json.hpp"
#include "core/warm/fingerprint.hpp"

namespace cex::engine {
namespace {

constexpr int kFormat = 1;  // raise it when layers of an older server must not be used any more
constexpr std::chrono::milliseconds kPatience{600'000};
constexpr std::uint32_t kOneCpu = 1000;
constexpr std::size_t kShownOutput = 2000;

// What a step's result depends on: not its limits, which an operator may move.
nlohmann::json essence(const SandboxPlan& plan) {
  nlohmann::json value = to_json_value(plan);
  value.erase("limits");
  value.erase("hash");
  return value;
}

std::string how_it_ended(const StepOutcome& outcome) {
  if (outcome.why == WhyEnded::box_failed) return outcome.failure;
  std::string text{to_string(outcome.why)};
  text += outcome.signal != 0 ? ", signal " + std::to_string(outcome.signal)
                              : ", exit code " + std::to_string(outcome.exit_code);
  return text + ": " + printable(outcome.err.bytes + outcome.out.bytes, kShownOutput);
}

}  // namespace

Result<std::vector<policy::LayerPlan>> LayerBuilder::plan(
    const Choice& choice, const std::vector<std::string>& options) const {
  Limits limits = config_.compile.max;
  limits.wall = limits.cpu = kPatience;
  limits.cpus_milli = std::min(limits.cpus_milli, kOneCpu);
  langspec::PlanRequest question;
  question.phase = langspec::Phase::warm;
  question.cpus_milli = limits.cpus_milli;
  question.memory_bytes = config_.compile.defaults.memory_bytes;
  question.language = choice.language->id;
  question.toolchain = choice.toolchain->id;
  question.executable = choice.toolchain->executable;
  question.version = choice.toolchain->version;
  question.options = options;
  question.tools = *choice.tools;
  policy::PlannerInput input;
  input.phase = langspec::Phase::warm;
  CEX_TRY(input.plan, choice.plugin->spec->plan(question));
  input.toolchain = *choice.toolchain;
  input.toolchain_roots = config_.sandbox.toolchain_roots;
  input.limits = limits;
  input.limits.memory_bytes = config_.compile.defaults.memory_bytes;
  input.max = limits;
  CEX_TRY(auto plans, policy::decide_layers(input, config_.warm_up.layer_max_bytes));
  for (auto& plan : plans) {
    for (auto& step : plan.steps) step.limits.disk_bytes += plan.max_bytes;
  }
  return plans;
}

std::vector<std::string> LayerBuilder::watched(const Choice& choice,
                                               const policy::LayerPlan& plan) {
  std::vector<std::string> paths = plan.inputs;
  paths.push_back(choice.toolchain->executable);
  for (const auto& step : plan.steps) paths.push_back(step.argv.front());
  return paths;
}

Result<std::string> LayerBuilder::key(const Choice& choice, const policy::LayerPlan& plan) const {
  nlohmann::json steps = nlohmann::json::array();
  for (const auto& step : plan.steps) steps.push_back(essence(step));
  CEX_TRY(const std::string print, warm::fingerprint(watched(choice, plan)));
  return dump_json({{"format", kFormat},
                    {"plugin", choice.plugin->info.id},
                    {"plugin_version", choice.plugin->info.version},
                    {"plugin_sha256", choice.plugin->info.sha256},
                    {"toolchain", choice.toolchain->id},
                    {"toolchain_version", choice.toolchain->version},
                    {"layer", plan.id},
                    {"version_key", plan.version_key},
                    {"files", print},
                    {"steps", steps}});
}

Result<FileSet> LayerBuilder::build(const policy::LayerPlan& plan,
                                    const supervise::CancelToken& cancel) const {
  FileSet made;
  for (const SandboxPlan& step : plan.steps) {
    CEX_TRY(const auto files, runner_.prepare(with_files(made, step.files)));
    const auto share = memory_.take(step.limits.memory_bytes + wire::kBoxOverhead, cancel);
    if (!share) return fail(Errc::internal, "no memory for it");
    StepOutcome outcome = runner_.run({step, *files, {}, step.outputs, {}}, cancel);
    const bool good = outcome.why == WhyEnded::exited && outcome.exit_code == 0 &&
                      outcome.signal == 0 && !outcome.outputs_truncated;
    if (!good) return fail(Errc::internal, "step " + step.step + ": " + how_it_ended(outcome));
    replace_files(made, std::move(outcome.outputs));
  }
  if (made.empty()) return fail(Errc::internal, "its steps made none of the declared outputs");
  return made;
}

}  // namespace cex::engine
