// SPDX-License-Identifier: Apache-2.0
#include "archive_layer.hpp"

#include <utility>

#include <cex/plan.hpp>

#include "class_archive.hpp"

namespace cex::plugins::jvm {
namespace {

/// "kotlinc" of "kotlinc.jsa".
std::string stem_of(const Archive& archive) {
  return std::string(archive.file.substr(0, archive.file.rfind('.')));
}

}  // namespace

plugin::Layer archive_layer(const Jvm& jvm, const Archive& archive, plugin::Strings inputs,
                            std::uint64_t max_bytes) {
  add(inputs, {jvm.home + "/lib/modules", jvm.home + "/lib/server/libjvm.so"});
  return {.id = std::string(archive.layer),
          .version_key = "1",
          .inputs = std::move(inputs),
          .max_bytes = max_bytes};
}

plugin::Step layer_step(const plugin::PlanRequest& request, std::string_view layer,
                        std::string name, plugin::Strings outputs) {
  plugin::Step made{.name = std::move(name),
                    .outputs = std::move(outputs),
                    .layers = {std::string(layer)},
                    .needs_exec_memory = true,
                    .needs_proc = true,
                    .hints = hints(request)};
  made.hints.overhead_memory_bytes = 384 * plugin::kMiB;
  made.hints.cpu_ms = 60'000;
  return made;
}

plugin::Step compile_training(const plugin::PlanRequest& request, const Jvm& jvm,
                              std::string_view layer, const std::string& class_path,
                              const plugin::Strings& command, plugin::Strings outputs) {
  plugin::Step made = layer_step(request, layer, "compile-training", std::move(outputs));
  made.argv = {jvm.launcher()};
  add(made.argv, compiler_flags(request.memory_bytes));
  add(made.argv, {"-cp", class_path});
  add(made.argv, command);
  return made;
}

plugin::Strings listing(const plugin::PlanRequest& request, const std::string& list) {
  plugin::Strings flags{"-XX:DumpLoadedClassList=" + plugin::in_box(request, list)};
  add(flags, compiler_flags(request.memory_bytes));
  return flags;
}

void add_archive_steps(const plugin::PlanRequest& request, const Jvm& jvm,
                       const ArchiveRecipe& recipe, plugin::Plan& plan) {
  const std::string name = stem_of(recipe.archive);
  const std::string list = name + ".classlist";
  const std::string file(recipe.archive.file);

  plugin::Step train = layer_step(request, recipe.archive.layer, "train-" + name, {list});
  train.argv = {jvm.launcher()};
  add(train.argv, listing(request, list));
  add(train.argv, recipe.flags);
  const bool more = !recipe.training_classes.empty();
  add(train.argv, {"-cp", recipe.class_path + (more ? ":" + recipe.training_classes : "")});
  add(train.argv, recipe.program);

  plugin::Step dump = layer_step(request, recipe.archive.layer, "dump-" + name, {file});
  dump.argv = {jvm.launcher()};
  add(dump.argv, dump_archive(jvm, plugin::in_box(request, list), plugin::in_box(request, file)));
  add(dump.argv, recipe.flags);
  add(dump.argv, {"-cp", recipe.class_path});

  plugin::Step prove = layer_step(request, recipe.archive.layer, "prove-" + name, {});
  prove.argv = {jvm.launcher()};
  add(prove.argv, compiler_flags(request.memory_bytes));
  // After the others' "auto": a JVM that cannot use the archive does not start.
  prove.argv.emplace_back("-Xshare:on");
  add(prove.argv, use_archive_at(jvm, plugin::in_box(request, file)));
  add(prove.argv, recipe.flags);
  add(prove.argv, {"-cp", recipe.class_path, "-version"});

  plan.steps.push_back(std::move(train));
  plan.steps.push_back(std::move(dump));
  plan.steps.push_back(std::move(prove));
}

}  // namespace cex::plugins::jvm
