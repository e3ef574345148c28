// SPDX-License-Identifier: Apache-2.0
#include "toolchain.hpp"

#include <string>

#include <cex/plan.hpp>
#include <cex/scan.hpp>

#include "describe.hpp"

namespace cex::plugins::cpp {
namespace {

/// "gcc (Debian 12.2.0-14+deb12u1) 12.2.0": what stands in parentheses is the packager's own, the
/// last word of the first line is the version. It may hold parentheses itself.
std::string gcc_version(std::string_view text) {
  const std::string_view line = text.substr(0, text.find('\n')).substr(0, plugin::kMaxScanLine);
  const std::size_t close = line.rfind(") ");
  if (close == std::string_view::npos) return {};
  return plugin::scan_version(line.substr(close), ") ");
}

std::string major_of(const std::string& version) {
  return version.substr(0, version.find('.'));
}

/// A tool, not a compiler: no languages.
std::optional<plugin::Toolchain> mold(const plugin::ProbeOutput& output) {
  const std::string version = plugin::scan_version(output.out, "mold ");
  if (version.empty()) return std::nullopt;
  return plugin::Toolchain{.id = kMoldProbe,
                           .executable = std::string(output.executable),
                           .version = version,
                           .label = "mold " + version};
}

}  // namespace

bool is_clang(std::string_view toolchain) {
  return plugin::starts_with(toolchain, "clang");
}

plugin::Strings paths_of(std::string_view executable) {
  const std::string prefix(plugin::folder_of(plugin::folder_of(executable)));
  if (prefix.empty() || plugin::starts_with(prefix + "/", "/usr/lib/") || prefix == "/usr") {
    return {};
  }
  return {prefix};
}

std::optional<plugin::Toolchain> recognise(const plugin::ProbeOutput& output) {
  if (output.exit_code != 0) return std::nullopt;
  if (output.probe == kMoldProbe) return mold(output);
  plugin::Toolchain found{.executable = std::string(output.executable),
                          .read_only_paths = paths_of(output.executable)};
  if (output.probe == kClangProbe) {
    found.version = plugin::scan_version(output.out, "clang version ");
    found.label = "Clang " + found.version;
    found.languages = {"c", "cpp"};
  } else if (output.out.find("Free Software Foundation") != std::string_view::npos) {
    // The line above keeps out a Clang that is installed under GCC's name.
    found.version = gcc_version(output.out);
    found.label = "GCC " + found.version;
    found.languages = {output.probe == kGxxProbe ? "cpp" : "c"};
  }
  if (found.version.empty()) return std::nullopt;
  found.id = std::string(output.probe) + "-" + major_of(found.version);
  return found;
}

}  // namespace cex::plugins::cpp
