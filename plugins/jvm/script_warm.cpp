// SPDX-License-Identifier: Apache-2.0
#include "script_warm.hpp"

#include <utility>
#include <vector>

#include <cex/plan.hpp>

#include "archive_layer.hpp"
#include "class_archive.hpp"
#include "jvm_gate.hpp"
#include "training.hpp"

namespace cex::plugins::jvm {
namespace {

/// The program of that name, if there is one.
std::vector<TrainingFile> training_file(std::string_view name) {
  std::vector<TrainingFile> found;
  for (const TrainingFile& file : training_files()) {
    if (file.name == name) found.push_back(file);
  }
  return found;
}

/// Programs are small, and most of what runs is the language's own start: the second compiler would
/// hardly pay off.
plugin::Strings all_flags(const ScriptKit& kit) {
  plugin::Strings flags{"-XX:TieredStopAtLevel=1"};
  add(flags, kit.flags);
  return flags;
}

plugin::Plan run_script(const plugin::PlanRequest& request, const Jvm& jvm, const ScriptKit& kit) {
  if (request.entry_file.empty()) throw plugin::BadRequest("there is no program to run");
  Program program{.flags = all_flags(kit),
                  .class_path = kit.jars + ":" + std::string(request.box_dir),
                  .main_class = kit.main.front(),
                  .archive = kit.archive};
  program.arguments.assign(kit.main.begin() + 1, kit.main.end());
  program.arguments.push_back("./" + std::string(request.entry_file));
  plugin::Plan plan{run_step(request, jvm, program)};
  plan.steps.front().hints.overhead_memory_bytes = 256 * plugin::kMiB;
  plan.steps.front().hints.cpu_ms = 10'000;
  if (kit.waits) {
    add_gate(request, jvm, {.work = kit.gate_work, .files = training_file(kit.gate_training)},
             plan);
  }
  return plan;
}

plugin::Plan warm_script(const plugin::PlanRequest& request, const Jvm& jvm, const ScriptKit& kit) {
  plugin::Plan plan;
  if (!makes_archives(jvm)) return plan;
  const std::vector<TrainingFile> files = training_file(kit.training);
  plan.layers = {archive_layer(jvm, kit.archive, kit.inputs, 128 * plugin::kMiB)};
  plugin::Strings program = kit.main;
  program.push_back(training_path(files.front()));
  add_archive_steps(request, jvm,
                    {.archive = kit.archive,
                     .flags = kit.flags,
                     .class_path = kit.jars,
                     .program = std::move(program)},
                    plan);
  add_training(files, plan);
  return plan;
}

}  // namespace

plugin::Plan plan_script(const plugin::PlanRequest& request, const Jvm& jvm, const ScriptKit& kit) {
  switch (request.phase) {
    case plugin::Phase::compile:
      return {};
    case plugin::Phase::run:
      return run_script(request, jvm, kit);
    case plugin::Phase::warm:
      return warm_script(request, jvm, kit);
  }
  return {};
}

}  // namespace cex::plugins::jvm
