// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <cex/plan.hpp>
#include <cex/scan.hpp>

#include "class_archive.hpp"
#include "jvm_choice.hpp"
#include "jvm_common.hpp"
#include "jvm_gate.hpp"
#include "jvm_language.hpp"
#include "kotlin_entry.hpp"
#include "kotlin_warm.hpp"
#include "training.hpp"

namespace cex::plugins::jvm {
namespace {

constexpr const char* kProbe = "kotlinc";
constexpr const char* kJar = "program.jar";

void describe_kotlin(plugin::Describe& describe) {
  describe.language({.id = "kotlin",
                     .name = "Kotlin",
                     .family = "jvm",
                     .aliases = {"kt"},
                     .extensions = {".kt", ".kts"},
                     .default_file = "main.kt",
                     .editor_mode = "kotlin",
                     .hello = "fun main() {\n    println(\"Hello, world!\")\n}\n",
                     .compiled = true});
  describe.option(runtime_option("kotlin"));
  describe.probe({.id = kProbe,
                  .candidates = {"kotlinc", "/usr/local/kotlinc/bin/kotlinc",
                                 "/opt/kotlinc/bin/kotlinc", "/opt/*/bin/kotlinc"},
                  .args = {"-version"}});
}

/// "info: kotlinc-jvm 1.9.22 (JRE 17.0.15+6)" on stderr.
std::optional<plugin::Toolchain> recognise_kotlin(const plugin::ProbeOutput& output) {
  if (output.probe != kProbe || output.exit_code != 0) return std::nullopt;
  return recognise_at_home(output, "kotlin", "Kotlin", "kotlinc-jvm ");
}

/// The class to start, where the sources tell. Otherwise the compiler is asked for a jar: it finds
/// main() wherever that is, and notes it there.
std::optional<std::string> main_class(const plugin::PlanRequest& request) {
  for (std::size_t i = 0; i < request.files.size(); ++i) {
    if (request.files[i] == request.entry_file) {
      return kotlin_main_class(request.entry_file, request.content(i));
    }
  }
  return std::nullopt;
}

plugin::Step compile_kotlin(const plugin::PlanRequest& request, const Jvm& jvm) {
  const std::string home = home_of(request.executable);
  plugin::Step step =
      compiler_step(request, jvm, "kotlinc", kKotlincArchive, kotlin_compiler_jars(home));
  add(step.argv, kotlin_compiler(home));
  step.argv.emplace_back("-nowarn");
  if (main_class(request)) {
    add(step.argv, {"-d", std::string(request.out_dir)});
    step.outputs = {"**/*.class", "META-INF/*"};
    step.repeatable = true;  // a jar would hold the time
  } else {
    add(step.argv, {"-d", kJar});
    step.outputs = {kJar};
  }
  add(step.argv, sources(request, {".kt", ".kts"}, "Kotlin"));
  return step;
}

plugin::Plan run_kotlin(const plugin::PlanRequest& request, const Jvm& jvm) {
  const auto main = main_class(request);
  const std::string jars = kotlin_runtime_jars(home_of(request.executable));
  Program program{.archive = kKotlinArchive};
  if (main) {
    program.class_path = jars + ":" + std::string(request.box_dir);
    program.main_class = *main;
  } else {
    program.jar = kJar;
    program.flags = {"-Xbootclasspath/a:" + jars};  // a jar's class path is the jar alone
  }
  plugin::Plan plan{run_step(request, jvm, program)};
  if (main) add_gate(request, jvm, {}, plan);
  return plan;
}

plugin::Plan plan_kotlin(const plugin::PlanRequest& request) {
  const Jvm jvm = choose_jvm(request, "Kotlin");
  plugin::Plan plan;
  switch (request.phase) {
    case plugin::Phase::compile:
      plan = {compile_kotlin(request, jvm)};
      add_gate(request, jvm,
               {.work = "kotlinc",
                .arguments = {"-kotlin-home", home_of(request.executable), "-nowarn"},
                .files = gate_training(".kt")},
               plan);
      return plan;
    case plugin::Phase::run:
      return run_kotlin(request, jvm);
    case plugin::Phase::warm:
      return warm_kotlin(request, jvm);
  }
  return plan;
}

std::vector<plugin::Diagnostic> diagnose_kotlin(std::string_view text) {
  return plugin::scan_gnu_style(text);
}

}  // namespace

JvmLanguage kotlin() {
  return {"kotlin", &describe_kotlin, &recognise_kotlin, &plan_kotlin, &diagnose_kotlin};
}

}  // namespace cex::plugins::jvm
