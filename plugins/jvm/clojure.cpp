// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <cex/plan.hpp>
#include <cex/scan.hpp>

#include "jvm_choice.hpp"
#include "jvm_common.hpp"
#include "jvm_gate.hpp"
#include "jvm_language.hpp"
#include "script_warm.hpp"
#include "training.hpp"

namespace cex::plugins::jvm {
namespace {

constexpr const char* kDebianProbe = "clojure";
constexpr const char* kProbe = "clojure-opt";
constexpr const char* kMain = "clojure.main";
constexpr const char* kDebianJars =
    "/usr/share/java/clojure.jar:/usr/share/java/spec.alpha.jar:/usr/share/java/"
    "core.specs.alpha.jar";
constexpr const char* kJars = "/opt/clojure/*";
constexpr Archive kArchive{"cds-clojure", "clojure.jsa"};

plugin::Probe probe_of(const char* id, const char* jars) {
  return {.id = id,
          .candidates = jvm_candidates(),
          .args = {"-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", jars, kMain, "-e",
                   "(println (str \"Clojure \" (clojure-version)))"}};
}

void describe_clojure(plugin::Describe& describe) {
  describe.language({.id = "clojure",
                     .name = "Clojure",
                     .family = "jvm",
                     .aliases = {"clj"},
                     .extensions = {".clj", ".cljc"},
                     .default_file = "main.clj",
                     .editor_mode = "clojure",
                     .hello = "(println \"Hello, world!\")\n"});
  describe.option(runtime_option("clojure"));
  // Clojure is jars and no program: there is nothing else to ask.
  describe.probe(probe_of(kDebianProbe, kDebianJars));
  describe.probe(probe_of(kProbe, kJars));
}

std::optional<plugin::Toolchain> recognise_clojure(const plugin::ProbeOutput& output) {
  const bool debian = output.probe == kDebianProbe;
  if ((!debian && output.probe != kProbe) || output.exit_code != 0) return std::nullopt;
  const std::string version = plugin::scan_version(output.out, "Clojure ");
  if (version.empty()) return std::nullopt;
  return plugin::Toolchain{.id = std::string(output.probe) + "-" + version,
                           .executable = std::string(output.executable),
                           .version = version,
                           .label = "Clojure " + version,
                           .languages = {"clojure"}};
}

/// Files that Clojure reads as it starts: one that starts ahead of the job would not see them.
bool is_read_at_start(std::string_view file) {
  const std::string_view name = plugin::base_name(file);
  return plugin::starts_with(name, "user.") || plugin::starts_with(name, "data_readers.");
}

ScriptKit kit_of(const plugin::PlanRequest& request) {
  ScriptKit kit{.archive = kArchive,
                .main = {kMain, "--report", "stderr"},
                .training = "rehearsal.clj",
                .gate_work = "clojure"};
  if (plugin::starts_with(request.toolchain, std::string(kProbe) + "-")) {
    kit.jars = kJars;
    kit.inputs = {"/opt/clojure"};
  } else {
    kit.jars = kDebianJars;
    kit.inputs = {"/usr/share/java/clojure.jar", "/usr/share/java/spec.alpha.jar",
                  "/usr/share/java/core.specs.alpha.jar"};
  }
  kit.waits = std::none_of(request.files.begin(), request.files.end(), is_read_at_start);
  return kit;
}

plugin::Plan plan_clojure(const plugin::PlanRequest& request) {
  return plan_script(request, choose_jvm(request, "Clojure"), kit_of(request));
}

std::vector<plugin::Diagnostic> diagnose_clojure(std::string_view /*text*/) {
  return {};  // nothing is compiled before the run
}

}  // namespace

JvmLanguage clojure() {
  return {"clojure", &describe_clojure, &recognise_clojure, &plan_clojure, &diagnose_clojure};
}

}  // namespace cex::plugins::jvm
