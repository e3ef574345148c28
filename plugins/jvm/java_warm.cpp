// SPDX-License-Identifier: Apache-2.0
#include "java_warm.hpp"

#include <cstdint>
#include <string>
#include <string_view>

#include <cex/plan.hpp>

#include "archive_layer.hpp"
#include "class_archive.hpp"

namespace cex::plugins::jvm {
namespace {

constexpr const char* kCompilerList = "javac.classlist";
constexpr const char* kRuntimeList = "java.classlist";
constexpr const char* kClasses = "classes";

struct TrainingProgram {
  const char* name;
  std::uint32_t since;  ///< oldest release that knows its language
};

// In the order in which they are compiled and run.
constexpr TrainingProgram kPrograms[] = {{"Shapes", 11},   {"Streams", 11}, {"Containers", 11},
                                         {"Failures", 11}, {"Workers", 11}, {"Reading", 11},
                                         {"Records", 17},  {"Patterns", 21}};
// What javac has remarks on, or refuses.
constexpr const char* kPoorPrograms[] = {"Careless", "BrokenTypes", "BrokenFlow", "BrokenSyntax",
                                         "BrokenEnd"};

plugin::Strings programs_for(const Jvm& jvm) {
  plugin::Strings names;
  for (const TrainingProgram& program : kPrograms) {
    if (jvm.release() >= program.since) names.emplace_back(program.name);
  }
  return names;
}

std::string source_of(const std::string& name) {
  return std::string(kTrainingFolder) + "/" + name + ".java";
}

plugin::Step train_compiler(const plugin::PlanRequest& request, const Jvm& jvm) {
  plugin::Step made = layer_step(request, kJavacArchive.layer, "train-javac", {kCompilerList});
  made.argv = {jvm.launcher()};
  add(made.argv, listing(request, kCompilerList));
  // A source that is started directly: a class path would end up in the archive.
  made.argv.push_back(source_of("TrainCompiler"));
  for (const TrainingFile& file : java_training(jvm)) made.argv.push_back(training_path(file));
  return made;
}

plugin::Step dump_compiler(const plugin::PlanRequest& request, const Jvm& jvm) {
  const std::string archive(kJavacArchive.file);
  plugin::Step made = layer_step(request, kJavacArchive.layer, "dump-javac", {archive});
  made.argv = {std::string(request.executable)};
  // Through javac's own launcher: the archive is bound to the module that it starts.
  add(made.argv, for_launcher(dump_archive(jvm, plugin::in_box(request, kCompilerList),
                                           plugin::in_box(request, archive))));
  return made;
}

plugin::Step compile_programs(const plugin::PlanRequest& request, const Jvm& jvm) {
  plugin::Step made =
      layer_step(request, kJavaArchive.layer, "compile-training", {std::string(kClasses) + "/**"});
  made.argv = {std::string(request.executable)};
  add(made.argv, for_launcher(compiler_flags(request.memory_bytes)));
  add(made.argv, {"-proc:none", "-encoding", "UTF-8", "-d", kClasses, source_of("Rehearsal")});
  for (const std::string& name : programs_for(jvm)) made.argv.push_back(source_of(name));
  return made;
}

plugin::Step train_runtime(const plugin::PlanRequest& request, const Jvm& jvm) {
  plugin::Step made = layer_step(request, kJavaArchive.layer, "train-java", {kRuntimeList});
  made.argv = {jvm.launcher()};
  add(made.argv, listing(request, kRuntimeList));
  add(made.argv, {"-cp", kClasses, "org.codeexecutor.training.Rehearsal"});
  add(made.argv, programs_for(jvm));
  return made;
}

plugin::Step dump_runtime(const plugin::PlanRequest& request, const Jvm& jvm) {
  const std::string archive(kJavaArchive.file);
  plugin::Step made = layer_step(request, kJavaArchive.layer, "dump-java", {archive});
  made.argv = {jvm.launcher()};
  add(made.argv,
      dump_archive(jvm, plugin::in_box(request, kRuntimeList), plugin::in_box(request, archive)));
  // Nothing lies there, neither now nor in a job's box: the classes of the training, which are in
  // the list too, stay out, and any class path begins with an empty one.
  add(made.argv, {"-cp", jvm.home + "/lib/no-classes"});
  return made;
}

}  // namespace

std::vector<TrainingFile> java_training(const Jvm& jvm) {
  plugin::Strings names = programs_for(jvm);
  for (const char* name : kPoorPrograms) names.emplace_back(name);
  std::vector<TrainingFile> files;
  for (const std::string& name : names) {
    for (const TrainingFile& file : training_files(".java")) {
      if (file.name == name + ".java") files.push_back(file);
    }
  }
  return files;
}

plugin::Plan warm_java(const plugin::PlanRequest& request, const Jvm& jvm) {
  plugin::Plan plan;
  if (!makes_archives(jvm)) return plan;
  plan.layers = {archive_layer(jvm, kJavacArchive, {}, 128 * plugin::kMiB),
                 archive_layer(jvm, kJavaArchive, {}, 96 * plugin::kMiB)};
  plan.steps = {train_compiler(request, jvm), dump_compiler(request, jvm),
                compile_programs(request, jvm), train_runtime(request, jvm),
                dump_runtime(request, jvm)};
  add_training(training_files(".java"), plan);
  return plan;
}

}  // namespace cex::plugins::jvm
