// SPDX-License-Identifier: Apache-2.0
#include "java_warm.hpp"

#include <string>
#include <string_view>

#include <cex/plan.hpp>

#include "class_archive.hpp"
#include "jvm_common.hpp"
#include "training.hpp"

namespace cex::plugins::jvm {
namespace {

constexpr const char* kCompilerList = "javac.classlist";
constexpr const char* kRuntimeList = "java.classlist";
constexpr const char* kClasses = "classes";

struct Program {
  const char* name;
  std::uint32_t since;  ///< oldest release that knows its language
};

// In the order in which they are compiled and run.
constexpr Program kPrograms[] = {{"Shapes", 11},   {"Streams", 11}, {"Containers", 11},
                                 {"Failures", 11}, {"Workers", 11}, {"Reading", 11},
                                 {"Records", 17},  {"Patterns", 21}};
// What javac has remarks on, or refuses.
constexpr const char* kPoorPrograms[] = {"Careless", "BrokenTypes", "BrokenFlow", "BrokenSyntax",
                                         "BrokenEnd"};

plugin::Strings programs_for(std::string_view version) {
  plugin::Strings names;
  for (const Program& program : kPrograms) {
    if (plugin::version_part(version, 0) >= program.since) names.emplace_back(program.name);
  }
  return names;
}

std::string source_of(const std::string& name) {
  return std::string(kTrainingFolder) + "/" + name + ".java";
}

/// Flags of a JVM that notes the classes it loads.
plugin::Strings listing(const plugin::PlanRequest& request, const std::string& list) {
  plugin::Strings flags{"-XX:DumpLoadedClassList=" + plugin::in_box(request, list)};
  add(flags, compiler_flags(request.memory_bytes));
  return flags;
}

plugin::Step step(const plugin::PlanRequest& request, std::string_view layer, std::string name,
                  plugin::Strings outputs) {
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

plugin::Step train_compiler(const plugin::PlanRequest& request, const std::string& home) {
  plugin::Step made = step(request, kCompilerLayer, "train-javac", {kCompilerList});
  made.argv = {home + "/bin/java"};
  add(made.argv, listing(request, kCompilerList));
  // A source that is started directly: a class path would end up in the archive.
  made.argv.push_back(source_of("TrainCompiler"));
  for (const std::string& name : trained_on(request.version)) made.argv.push_back(source_of(name));
  return made;
}

plugin::Step dump_compiler(const plugin::PlanRequest& request) {
  plugin::Step made = step(request, kCompilerLayer, "dump-javac", {std::string(kCompilerArchive)});
  made.argv = {std::string(request.executable)};
  // Through javac's own launcher: the archive is bound to the module that it starts.
  add(made.argv, for_launcher(dump_archive(request.version, plugin::in_box(request, kCompilerList),
                                           plugin::in_box(request, kCompilerArchive))));
  return made;
}

plugin::Step compile_programs(const plugin::PlanRequest& request) {
  plugin::Step made =
      step(request, kRuntimeLayer, "compile-training", {std::string(kClasses) + "/**"});
  made.argv = {std::string(request.executable)};
  add(made.argv, for_launcher(compiler_flags(request.memory_bytes)));
  add(made.argv, {"-proc:none", "-encoding", "UTF-8", "-d", kClasses, source_of("Rehearsal")});
  for (const std::string& name : programs_for(request.version)) {
    made.argv.push_back(source_of(name));
  }
  return made;
}

plugin::Step train_runtime(const plugin::PlanRequest& request, const std::string& home) {
  plugin::Step made = step(request, kRuntimeLayer, "train-java", {kRuntimeList});
  made.argv = {home + "/bin/java"};
  add(made.argv, listing(request, kRuntimeList));
  add(made.argv, {"-cp", kClasses, "org.codeexecutor.training.Rehearsal"});
  add(made.argv, programs_for(request.version));
  return made;
}

plugin::Step dump_runtime(const plugin::PlanRequest& request, const std::string& home) {
  plugin::Step made = step(request, kRuntimeLayer, "dump-java", {std::string(kRuntimeArchive)});
  made.argv = {home + "/bin/java"};
  add(made.argv, dump_archive(request.version, plugin::in_box(request, kRuntimeList),
                              plugin::in_box(request, kRuntimeArchive)));
  // Nothing lies there, neither now nor in a job's box: the classes of the training, which are in
  // the list too, stay out, and any class path begins with an empty one.
  add(made.argv, {"-cp", home + "/lib/no-classes"});
  return made;
}

plugin::Layer layer(const std::string& home, std::string_view id, std::uint64_t max_bytes) {
  return {.id = std::string(id),
          .version_key = "1",
          .inputs = {home + "/lib/modules", home + "/lib/server/libjvm.so"},
          .max_bytes = max_bytes};
}

}  // namespace

plugin::Strings trained_on(std::string_view version) {
  plugin::Strings names = programs_for(version);
  for (const char* name : kPoorPrograms) names.emplace_back(name);
  return names;
}

plugin::Plan warm_java(const plugin::PlanRequest& request) {
  plugin::Plan plan;
  if (!makes_archives(request.version)) return plan;
  const std::string home = home_of(request.executable);
  plan.layers = {layer(home, kCompilerLayer, 128 * plugin::kMiB),
                 layer(home, kRuntimeLayer, 96 * plugin::kMiB)};
  plan.steps = {train_compiler(request, home), dump_compiler(request), compile_programs(request),
                train_runtime(request, home), dump_runtime(request, home)};
  for (const TrainingFile& file : training_files()) {
    plan.files.push_back({.path = std::string(kTrainingFolder) + "/" + std::string(file.name),
                          .content = std::string(file.content)});
  }
  return plan;
}

}  // namespace cex::plugins::jvm
