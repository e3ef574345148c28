// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
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
#include "scala_warm.hpp"
#include "training.hpp"

namespace cex::plugins::jvm {
namespace {

constexpr const char* kProbe = "scalac";

void describe_scala(plugin::Describe& describe) {
  describe.language({.id = "scala",
                     .name = "Scala",
                     .family = "jvm",
                     .extensions = {".scala", ".sc"},
                     .default_file = "Main.scala",
                     .editor_mode = "scala",
                     .hello = "object Main {\n  def main(arguments: Array[String]): Unit = "
                              "println(\"Hello, world!\")\n}\n",
                     .compiled = true});
  describe.option(runtime_option("scala"));
  describe.probe({.id = kProbe,
                  .candidates = {"scalac", "/opt/*/bin/scalac", "/usr/local/*/bin/scalac"},
                  .args = {"-version"}});
}

/// "Scala compiler version 2.11.12 -- Copyright 2002-2017, LAMP/EPFL", on stderr before 2.12.
std::optional<plugin::Toolchain> recognise_scala(const plugin::ProbeOutput& output) {
  if (output.probe != kProbe) return std::nullopt;
  return recognise_at_home(output, "scala", "Scala", "Scala compiler version ");
}

plugin::Step compile_scala(const plugin::PlanRequest& request, const Jvm& jvm,
                           const ScalaKit& kit) {
  plugin::Step step = compiler_step(request, jvm, "scalac", kScalacArchive, kit.compiler_jars);
  add(step.argv, kit.compiler);
  add(step.argv, {"-encoding", "UTF-8", "-d", std::string(request.out_dir)});
  add(step.argv, sources(request, {".scala", ".sc"}, "Scala"));
  step.outputs = {"**/*.class", "**/*.tasty"};
  step.repeatable = true;
  return step;
}

/// The object that the file is named after: "Main" of "src/Main.scala".
std::string main_object(const plugin::PlanRequest& request) {
  const std::string_view file = plugin::base_name(request.entry_file);
  const std::string name(file.substr(0, file.rfind('.')));
  if (name.empty() || name[0] == '-' || name[0] == '@') {
    throw plugin::BadRequest("the entry file of a Scala program must be called OBJECT.scala");
  }
  return name;
}

plugin::Plan run_scala(const plugin::PlanRequest& request, const Jvm& jvm, const ScalaKit& kit) {
  const std::string behind = kit.more_jars.empty() ? "" : ":" + kit.more_jars;
  plugin::Plan plan{
      run_step(request, jvm,
               {.class_path = kit.runtime_jars + ":" + std::string(request.box_dir) + behind,
                .main_class = main_object(request),
                .archive = kScalaArchive})};
  add_gate(request, jvm, {}, plan);
  return plan;
}

plugin::Plan plan_scala(const plugin::PlanRequest& request) {
  const Jvm jvm = choose_jvm(request, "Scala");
  const ScalaKit kit = scala_kit(request);
  plugin::Plan plan;
  switch (request.phase) {
    case plugin::Phase::compile:
      plan = {compile_scala(request, jvm, kit)};
      add_gate(request, jvm,
               {.work = kit.gate_work,
                .arguments = {"-usejavacp", "-encoding", "UTF-8"},
                .files = gate_training(".scala")},
               plan);
      return plan;
    case plugin::Phase::run:
      return run_scala(request, jvm, kit);
    case plugin::Phase::warm:
      return warm_scala(request, jvm);
  }
  return plan;
}

/// Takes ":23" off the end of `text`, or answers false.
bool take_last_number(std::string_view& text, std::uint32_t& number) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return false;
  std::string_view digits = text.substr(colon + 1);
  if (!plugin::take_number(digits, number) || !digits.empty()) return false;
  text = text.substr(0, colon);
  return true;
}

/// Scala 3: "-- [E007] Type Mismatch Error: Main.scala:3:23 -----------".
std::optional<plugin::Diagnostic> scan_headline(std::string_view line) {
  if (!plugin::skip(line, "-- ")) return std::nullopt;
  plugin::Diagnostic found;
  const std::size_t bracket = line.find("] ");
  if (plugin::starts_with(line, "[") && bracket != std::string_view::npos) {
    found.code = std::string(line.substr(1, bracket - 1));
    line.remove_prefix(bracket + 2);
  }
  const std::size_t colon = line.find(": ");
  if (colon == std::string_view::npos) return std::nullopt;
  found.message = std::string(line.substr(0, colon));
  if (plugin::ends_with(found.message, "Warning")) found.severity = plugin::Severity::warning;
  std::string_view place = line.substr(colon + 2);
  place = place.substr(0, place.find(" -"));
  if (!take_last_number(place, found.column) || !take_last_number(place, found.line)) {
    return std::nullopt;
  }
  found.file = std::string(place);
  return found;
}

std::vector<plugin::Diagnostic> diagnose_scala(std::string_view text) {
  std::vector<plugin::Diagnostic> found;
  plugin::for_each_line(text, [&](std::string_view line) {
    if (auto one = scan_headline(line)) found.push_back(*std::move(one));
    return found.size() < plugin::kMaxDiagnostics;
  });
  return found.empty() ? plugin::scan_gnu_style(text) : found;
}

}  // namespace

JvmLanguage scala() {
  return {"scala", &describe_scala, &recognise_scala, &plan_scala, &diagnose_scala};
}

}  // namespace cex::plugins::jvm
