// SPDX-License-Identifier: Apache-2.0
#include "toolchain.hpp"

#include <cex/plan.hpp>
#include <cex/scan.hpp>

namespace cex::plugins::go {
namespace {

#if defined(__x86_64__)
constexpr std::string_view kPlatform = "linux_amd64";
#elif defined(__aarch64__)
constexpr std::string_view kPlatform = "linux_arm64";
#else
constexpr std::string_view kPlatform = "";
#endif

std::optional<plugin::Toolchain> recognise_go(const plugin::ProbeOutput& output) {
  // "go version go1.22.1 linux/amd64"; a development tree says "devel" and is not for us.
  if (!plugin::starts_with(output.out, "go version go")) return std::nullopt;
  const std::string version = plugin::scan_version(output.out, "go version go");
  const std::string root = root_of(output.executable);
  if (version.empty() || root.empty()) return std::nullopt;
  return plugin::Toolchain{.id = "go-" + version,
                           .executable = std::string(output.executable),
                           .version = version,
                           .label = "Go " + version,
                           .languages = {"go"},
                           .read_only_paths = {root}};
}

std::optional<plugin::Toolchain> recognise_shell(const plugin::ProbeOutput& output) {
  if (output.out != "shell\n") return std::nullopt;
  return plugin::Toolchain{.id = std::string(kShell),
                           .executable = std::string(output.executable),
                           .label = "POSIX shell"};
}

}  // namespace

std::string root_of(std::string_view executable) {
  return std::string(plugin::folder_of(plugin::folder_of(executable)));
}

std::string tools_of(std::string_view executable) {
  if (kPlatform.empty()) return {};
  return root_of(executable) + "/pkg/tool/" + std::string(kPlatform);
}

bool is_at_least(std::string_view version, unsigned minor) {
  const unsigned major = plugin::version_part(version, 0);
  return major > 1 || (major == 1 && plugin::version_part(version, 1) >= minor);
}

std::optional<plugin::Toolchain> recognise(const plugin::ProbeOutput& output) {
  if (output.exit_code != 0) return std::nullopt;
  return output.probe == kShell ? recognise_shell(output) : recognise_go(output);
}

}  // namespace cex::plugins::go
