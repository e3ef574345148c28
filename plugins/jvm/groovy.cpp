// SPDX-License-Identifier: Apache-2.0
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

constexpr const char* kDebianProbe = "groovy-debian";
constexpr const char* kProbe = "groovy";
constexpr const char* kMain = "groovy.ui.GroovyMain";
constexpr const char* kDebianJars =
    "/usr/share/java/groovy-all.jar:/usr/share/java/commons-cli.jar";
constexpr Archive kArchive{"cds-groovy", "groovy.jsa"};

void describe_groovy(plugin::Describe& describe) {
  describe.language({.id = "groovy",
                     .name = "Groovy",
                     .family = "jvm",
                     .extensions = {".groovy"},
                     .default_file = "main.groovy",
                     .editor_mode = "groovy",
                     .hello = "println 'Hello, world!'\n"});
  describe.option(runtime_option("groovy"));
  // Debian's own script reads a file below /etc, which no box has.
  describe.probe({.id = kDebianProbe,
                  .candidates = jvm_candidates(),
                  .args = {"-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", kDebianJars, kMain,
                           "--version"}});
  describe.probe({.id = kProbe,
                  .candidates = {"/opt/*/bin/groovy", "/usr/local/*/bin/groovy"},
                  .args = {"--version"}});
}

/// "Groovy Version: 2.4.21 JVM: 17.0.15 Vendor: Debian OS: Linux"
std::optional<plugin::Toolchain> recognise_groovy(const plugin::ProbeOutput& output) {
  const bool debian = output.probe == kDebianProbe;
  if ((!debian && output.probe != kProbe) || output.exit_code != 0) return std::nullopt;
  const std::string version = plugin::scan_version(output.out, "Groovy Version: ");
  if (version.empty()) return std::nullopt;
  plugin::Toolchain found{.id = "groovy-" + version,
                          .executable = std::string(output.executable),
                          .version = version,
                          .label = "Groovy " + version,
                          .languages = {"groovy"}};
  if (!debian) found.read_only_paths = {home_of(output.executable)};
  return found;
}

ScriptKit kit_of(const plugin::PlanRequest& request, const Jvm& jvm) {
  ScriptKit kit{.archive = kArchive,
                .main = {kMain},
                .training = "Rehearsal.groovy",
                .gate_work = "groovy",
                .gate_training = "Plain.groovy"};
  if (plugin::base_name(request.executable) == "groovy") {
    const std::string lib = home_of(request.executable) + "/lib";
    kit.jars = lib + "/*";
    kit.inputs = {lib};
  } else {
    kit.jars = kDebianJars;
    kit.inputs = {"/usr/share/java/groovy-all.jar", "/usr/share/java/commons-cli.jar"};
  }
  if (jvm.release() >= 9) {  // metaclasses look into the library's own classes
    for (const char* package : {"java.lang", "java.util", "java.io"}) {
      kit.flags.push_back("--add-opens=java.base/" + std::string(package) + "=ALL-UNNAMED");
    }
  }
  return kit;
}

plugin::Plan plan_groovy(const plugin::PlanRequest& request) {
  const Jvm jvm = choose_jvm(request, "Groovy");
  return plan_script(request, jvm, kit_of(request, jvm));
}

std::vector<plugin::Diagnostic> diagnose_groovy(std::string_view /*text*/) {
  return {};  // nothing is compiled before the run
}

}  // namespace

JvmLanguage groovy() {
  return {"groovy", &describe_groovy, &recognise_groovy, &plan_groovy, &diagnose_groovy};
}

}  // namespace cex::plugins::jvm
