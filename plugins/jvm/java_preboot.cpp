// SPDX-License-Identifier: Apache-2.0
#include "java_preboot.hpp"

#include <string>

#include <cex/plan.hpp>

#include "class_archive.hpp"
#include "java_warm.hpp"
#include "jvm_common.hpp"
#include "training.hpp"

namespace cex::plugins::jvm {
namespace {

constexpr const char* kId = "gate";
constexpr std::string_view kFolder = ".code-executor";

/// The step's command with the agent as the JVM's first option.
void add_agent(const plugin::PlanRequest& request, plugin::Plan& plan, std::string_view prefix,
               std::string_view work) {
  const plugin::Step& step = plan.steps.front();
  const std::string folder = plugin::in_box(request, kFolder);
  plugin::Strings argv = step.argv;
  argv.insert(argv.begin() + 1, std::string(prefix) + "-agentpath:" + folder +
                                    "/gate.so=" + folder + std::string(work));
  plan.preboots.push_back({kId, step.name, std::move(argv), {}});
  plan.files.push_back({kId, std::string(kFolder) + "/gate.so", std::string(gate_object()), true});
}

bool can_wait(const plugin::PlanRequest& request) {
  return !gate_object().empty() && makes_archives(request.version);
}

}  // namespace

void add_compiler_preboot(const plugin::PlanRequest& request, plugin::Plan& plan) {
  if (!can_wait(request)) return;
  add_agent(request, plan, "-J", ",javac");
  for (const std::string& name : trained_on(request.version)) {
    plan.files.push_back({kId, std::string(kFolder) + "/" + name + ".java",
                          std::string(training_source(name)), false});
  }
}

void add_runtime_preboot(const plugin::PlanRequest& request, plugin::Plan& plan) {
  if (can_wait(request)) add_agent(request, plan, "", "");
}

}  // namespace cex::plugins::jvm
