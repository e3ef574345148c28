// SPDX-License-Identifier: Apache-2.0
#include "jvm_choice.hpp"

#include <cstdint>
#include <string>

#include <cex/plan.hpp>
#include <cex/scan.hpp>

namespace cex::plugins::jvm {
namespace {

constexpr const char* kProbe = "java";
constexpr std::string_view kTool = "java-";
constexpr std::uint32_t kOldest = 8;
constexpr std::uint32_t kNewest = 40;
// Compilers read the class files of the JDK that they run on: those of Debian 12, which are old,
// end at 17, and those of today begin there.
constexpr std::uint32_t kPreferred[] = {17, 21, 25};

std::optional<Jvm> find(const plugin::PlanRequest& request, std::uint32_t release) {
  const std::string number = std::to_string(release);
  const std::string_view executable = request.tool(std::string(kTool) + number);
  if (executable.empty()) return std::nullopt;
  return Jvm{home_of(executable), number};
}

}  // namespace

plugin::Strings jvm_candidates() {
  return {"/usr/lib/jvm/*-17-*/bin/java", "java", "/usr/lib/jvm/*/bin/java", "/opt/*/bin/java",
          "/usr/local/*/bin/java"};
}

plugin::Probe jvm_probe() {
  return {
      .id = kProbe,
      .candidates = {"java", "/usr/lib/jvm/*/bin/java", "/opt/*/bin/java", "/usr/local/*/bin/java"},
      .args = {"-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx64m", "-version"},
      .every = true};
}

std::optional<plugin::Toolchain> recognise_jvm(const plugin::ProbeOutput& output) {
  if (output.probe != kProbe || output.exit_code != 0) return std::nullopt;
  // openjdk version "17.0.15" 2025-04-15; java version "1.8.0_392"
  std::string version = plugin::scan_version(output.err, "version \"");
  if (plugin::starts_with(version, "1.")) version = version.substr(2);
  const std::uint32_t release = plugin::version_part(version, 0);
  const std::string home = home_of(output.executable);
  if (release < kOldest || home.empty()) return std::nullopt;
  return plugin::Toolchain{.id = std::string(kTool) + std::to_string(release),
                           .executable = std::string(output.executable),
                           .version = version,
                           .label = "Java " + version};
}

Jvm choose_jvm(const plugin::PlanRequest& request, std::string_view language) {
  for (const std::uint32_t release : kPreferred) {
    if (auto jvm = find(request, release)) return *std::move(jvm);
  }
  for (std::uint32_t release = kNewest; release >= kOldest; --release) {
    if (auto jvm = find(request, release)) return *std::move(jvm);
  }
  throw plugin::BadRequest(std::string(language) +
                           " needs a Java runtime, and none was found on this server");
}

}  // namespace cex::plugins::jvm
