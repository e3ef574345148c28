// SPDX-License-Identifier: Apache-2.0
#include "diagnostics.hpp"

#include <optional>
#include <string>

#include <cex/plan.hpp>
#include <cex/scan.hpp>

namespace cex::plugins::cpp {
namespace {

/// "main.cpp:(.text+0x9): undefined reference to `f()'", with "/usr/bin/ld: " in front of the
/// first.
std::optional<plugin::Diagnostic> from_linker(std::string_view line) {
  const std::size_t section = line.find(":(.");
  if (section == std::string_view::npos) return std::nullopt;
  const std::size_t close = line.find("): ", section);
  if (close == std::string_view::npos) return std::nullopt;
  std::string_view file = line.substr(0, section);
  const std::size_t tool = file.rfind("ld: ");
  if (tool != std::string_view::npos) file.remove_prefix(tool + 4);
  return plugin::Diagnostic{.file = std::string(plugin::base_name(file)),
                            .message = std::string(line.substr(close + 3))};
}

/// "g++: error: unrecognized command-line option", "cc1plus: warning: ...": no file, no line.
std::optional<plugin::Diagnostic> from_driver(std::string_view line) {
  const std::size_t colon = line.find(": ");
  if (colon == 0 || colon == std::string_view::npos) return std::nullopt;
  for (const char c : line.substr(0, colon)) {
    if (c == ' ' || c == ':') return std::nullopt;
  }
  std::string_view rest = line.substr(colon + 2);
  plugin::Diagnostic found;
  if (!plugin::detail::take_severity(rest, found.severity)) return std::nullopt;
  found.message = std::string(rest);
  return found;
}

}  // namespace

std::vector<plugin::Diagnostic> diagnose(std::string_view text) {
  std::vector<plugin::Diagnostic> all = plugin::scan_gnu_style(text);
  plugin::for_each_line(text, [&](std::string_view line) {
    if (all.size() >= plugin::kMaxDiagnostics) return false;
    if (line.empty() || line.front() == ' ') return true;
    auto found = from_linker(line);
    if (!found) found = from_driver(line);
    if (found) all.push_back(std::move(*found));
    return true;
  });
  return all;
}

}  // namespace cex::plugins::cpp
