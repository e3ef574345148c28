// SPDX-License-Identifier: Apache-2.0
#include "kotlin_warm.hpp"

#include <vector>

#include <cex/plan.hpp>

#include "archive_layer.hpp"
#include "class_archive.hpp"
#include "training.hpp"

namespace cex::plugins::jvm {
namespace {

constexpr const char* kClasses = "classes";

/// The compiler's arguments for all programs that it does not refuse. Its warnings are heard here:
/// what words them words errors too.
plugin::Strings training_command(const std::string& home) {
  plugin::Strings command = kotlin_compiler(home);
  add(command, {"-d", kClasses});
  add(command, good_training_paths(".kt"));
  return command;
}

}  // namespace

std::string kotlin_compiler_jars(const std::string& home) {
  // The first one's manifest names the others, but a JVM looks for them where links lead to. The
  // last but one are parts of some versions only.
  std::string path = home + "/lib/kotlin-compiler.jar";
  for (const char* name : {"kotlin-stdlib", "kotlin-reflect", "kotlin-script-runtime", "trove4j",
                           "kotlinx-coroutines-core-jvm", "annotations-13.0"}) {
    path += ":" + home + "/lib/" + name + ".jar";
  }
  return path;
}

std::string kotlin_runtime_jars(const std::string& home) {
  return home + "/lib/kotlin-stdlib.jar";
}

plugin::Strings kotlin_compiler(const std::string& home) {
  // It would look for its home beside the file that the jar is a link to.
  return {"org.jetbrains.kotlin.cli.jvm.K2JVMCompiler", "-kotlin-home", home};
}

plugin::Plan warm_kotlin(const plugin::PlanRequest& request, const Jvm& jvm) {
  plugin::Plan plan;
  if (!makes_archives(jvm)) return plan;
  const std::string home = home_of(request.executable);
  const plugin::Strings jars{home + "/lib"};
  plan.layers = {archive_layer(jvm, kKotlincArchive, jars, 256 * plugin::kMiB),
                 archive_layer(jvm, kKotlinArchive, jars, 96 * plugin::kMiB)};
  add_archive_steps(request, jvm,
                    {.archive = kKotlincArchive,
                     .class_path = kotlin_compiler_jars(home),
                     .program = training_command(home)},
                    plan);
  plan.steps.push_back(compile_training(request, jvm, kKotlinArchive.layer,
                                        kotlin_compiler_jars(home), training_command(home),
                                        {std::string(kClasses) + "/**"}));
  add_archive_steps(request, jvm,
                    {.archive = kKotlinArchive,
                     .class_path = kotlin_runtime_jars(home),
                     .training_classes = kClasses,
                     .program = {"org.codeexecutor.training.RehearsalKt"}},
                    plan);
  add_training(training_files(".kt"), plan);
  return plan;
}

}  // namespace cex::plugins::jvm
