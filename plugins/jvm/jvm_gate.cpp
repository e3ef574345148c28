// SPDX-License-Identifier: Apache-2.0
#include "jvm_gate.hpp"

#include <string>
#include <utility>

#include <cex/plan.hpp>

#include "class_archive.hpp"

namespace cex::plugins::jvm {
namespace {

constexpr const char* kId = "gate";
constexpr std::string_view kFolder = ".code-executor";

}  // namespace

void add_gate(const plugin::PlanRequest& request, const Jvm& jvm, const Warming& warming,
              plugin::Plan& plan) {
  if (gate_object().empty() || !makes_archives(jvm)) return;
  const plugin::Step& step = plan.steps.front();
  const std::string folder = plugin::in_box(request, kFolder);
  std::string agent = std::string(warming.prefix) + "-agentpath:" + folder + "/gate.so=" + folder;
  if (!warming.work.empty()) agent += "," + std::string(warming.work);
  // The step's command with the agent as the JVM's first option.
  plugin::Strings argv = step.argv;
  argv.insert(argv.begin() + 1, std::move(agent));
  plan.preboots.push_back({kId, step.name, std::move(argv), {}});
  plan.files.push_back({kId, std::string(kFolder) + "/gate.so", std::string(gate_object()), true});
  if (!warming.arguments.empty()) {
    std::string lines;
    for (const std::string& argument : warming.arguments) lines += argument + "\n";
    plan.files.push_back({kId, std::string(kFolder) + "/arguments", std::move(lines), false});
  }
  for (const TrainingFile& file : warming.files) {
    plan.files.push_back({kId, std::string(kFolder) + "/" + std::string(file.name),
                          std::string(file.content), false});
  }
}

}  // namespace cex::plugins::jvm
