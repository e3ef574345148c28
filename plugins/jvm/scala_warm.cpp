// SPDX-License-Identifier: Apache-2.0
#include "scala_warm.hpp"

#include <cex/plan.hpp>
#include <cex/scan.hpp>

#include "archive_layer.hpp"
#include "class_archive.hpp"
#include "training.hpp"

namespace cex::plugins::jvm {
namespace {

std::string class_path(const std::string& folder, const plugin::Strings& jars) {
  std::string path;
  for (const std::string& jar : jars) path += (path.empty() ? "" : ":") + folder + "/" + jar;
  return path;
}

/// The compiler's command for all programs that it does not refuse.
plugin::Strings training_command(const ScalaKit& kit) {
  plugin::Strings command = kit.compiler;
  add(command, {"-encoding", "UTF-8", "-deprecation", "-d", "."});
  add(command, good_training_paths(".scala"));
  return command;
}

}  // namespace

ScalaKit scala_kit(const plugin::PlanRequest& request) {
  const std::string lib = home_of(request.executable) + "/lib";
  if (plugin::version_part(request.version, 0) >= 3) {
    // Names of jars hold versions that the plugin cannot know.
    return {.compiler_jars = lib + "/*",
            .runtime_jars = lib + "/*",
            .compiler = {"dotty.tools.dotc.Main", "-usejavacp", "-color", "never"},
            .gate_work = "scalac3",
            .inputs = {lib}};
  }
  // The last but one are parts of the library up to 2.12 only.
  const std::string library = class_path(lib, {"scala-library.jar"});
  const std::string more = class_path(lib, {"scala-reflect.jar", "scala-xml.jar",
                                            "scala-parser-combinators.jar", "scala-compiler.jar"});
  return {.compiler_jars = library + ":" + more,
          .runtime_jars = library,
          .more_jars = more,
          .compiler = {"scala.tools.nsc.Main", "-usejavacp"},
          .gate_work = "scalac",
          .inputs = {lib}};
}

plugin::Plan warm_scala(const plugin::PlanRequest& request, const Jvm& jvm) {
  plugin::Plan plan;
  if (!makes_archives(jvm)) return plan;
  const ScalaKit kit = scala_kit(request);
  plan.layers = {archive_layer(jvm, kScalacArchive, kit.inputs, 256 * plugin::kMiB),
                 archive_layer(jvm, kScalaArchive, kit.inputs, 96 * plugin::kMiB)};
  add_archive_steps(request, jvm,
                    {.archive = kScalacArchive,
                     .class_path = kit.compiler_jars,
                     .program = training_command(kit)},
                    plan);
  // scalac makes no folder: the classes lie beside their sources.
  plan.steps.push_back(compile_training(request, jvm, kScalaArchive.layer, kit.compiler_jars,
                                        training_command(kit),
                                        {std::string(kTrainingFolder) + "/*"}));
  add_archive_steps(request, jvm,
                    {.archive = kScalaArchive,
                     .class_path = kit.runtime_jars,
                     .training_classes = ".",
                     .program = {"org.codeexecutor.training.Rehearsal"}},
                    plan);
  add_training(training_files(".scala"), plan);
  return plan;
}

}  // namespace cex::plugins::jvm
