// SPDX-License-Identifier: Apache-2.0
#include "core/engine/planning.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "core/policy/planner.hpp"

namespace cex::engine {
namespace {

constexpr std::uint64_t kMaxArtifactBytes = std::uint64_t{16} << 20U;
constexpr std::uint32_t kMaxArtifacts = 100;

langspec::PlanRequest ask(const JobRequest& request, const Admitted& admitted,
                          langspec::Phase phase, const Limits& limits, const FileSet& files) {
  const langspec::Toolchain& toolchain = *admitted.choice.toolchain;
  langspec::PlanRequest question;
  question.phase = phase;
  question.cpus_milli = limits.cpus_milli;
  question.memory_bytes = limits.memory_bytes;
  question.language = admitted.choice.language->id;
  question.toolchain = toolchain.id;
  question.executable = toolchain.executable;
  question.version = toolchain.version;
  question.entry_file = admitted.entry;
  for (const BoxFile& file : files) {
    question.files.push_back(file.path);
    question.contents.push_back(std::string_view{*file.content}.substr(0, langspec::kShownContent));
  }
  question.layers = admitted.layers.places;
  question.tools = *admitted.choice.tools;
  question.options = admitted.options;
  question.compile_args = request.compile_args;
  return question;
}

policy::PlannerInput decide_on(const Admitted& admitted, langspec::Phase phase,
                               const config::Config& config) {
  policy::PlannerInput input;
  input.phase = phase;
  input.toolchain = *admitted.choice.toolchain;
  input.toolchain_roots = config.sandbox.toolchain_roots;
  return input;
}

}  // namespace

Result<std::vector<SandboxPlan>> plan_compile(const JobRequest& request, const Admitted& admitted,
                                              const config::Config& config) {
  auto input = decide_on(admitted, langspec::Phase::compile, config);
  CEX_TRY(input.plan,
          admitted.choice.plugin->spec->plan(ask(request, admitted, langspec::Phase::compile,
                                                 admitted.compile_limits, admitted.files)));
  input.limits = admitted.compile_limits;
  input.max = admitted.compile_max;
  input.asked = request.compile_limits;
  return policy::decide(input);
}

Result<SandboxPlan> plan_run(const JobRequest& request, const Admitted& admitted,
                             const Admitted::Run& run, const FileSet& files,
                             const config::Config& config) {
  auto input = decide_on(admitted, langspec::Phase::run, config);
  auto question = ask(request, admitted, langspec::Phase::run, run.limits, files);
  question.args = run.args;
  CEX_TRY(input.plan, admitted.choice.plugin->spec->plan(question));
  input.limits = run.limits;
  input.max = admitted.run_max;
  input.asked = run.asked;
  input.env = run.env;
  if (request.interactive) input.terminal = request.interactive->terminal;
  input.network = admitted.network;
  input.artifacts = request.artifacts;
  CEX_TRY(auto plans, policy::decide(input));
  if (plans.size() != 1) {
    return fail(Errc::policy, "the plugin " + admitted.choice.plugin->info.id + " planned " +
                                  std::to_string(plans.size()) + " run steps instead of one");
  }
  plans.front().max_output_files = kMaxArtifacts;
  plans.front().max_output_files_bytes = kMaxArtifactBytes;
  return std::move(plans.front());
}

Result<std::vector<SandboxPlan>> plan_all(const JobRequest& request, const Admitted& admitted,
                                          const config::Config& config, std::size_t runs) {
  CEX_TRY(auto plans, plan_compile(request, admitted, config));
  for (std::size_t i = 0; i < std::min(runs, admitted.runs.size()); ++i) {
    CEX_TRY(auto plan, plan_run(request, admitted, admitted.runs[i], admitted.files, config));
    plans.push_back(std::move(plan));
  }
  return plans;
}

}  // namespace cex::engine
