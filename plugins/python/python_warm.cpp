// SPDX-License-Identifier: Apache-2.0
#include "python_warm.hpp"

#include <algorithm>
#include <array>
#include <string>

#include <cex/plan.hpp>

namespace cex::plugins::python {
namespace {

constexpr const char* kGate = "gate";
constexpr std::string_view kFolder = ".code-executor";

// Those that neither hide the gate from the interpreter nor make it talk while it starts.
constexpr std::array<std::string_view, 5> kQuiet{"-u", "-b", "-bb", "-q", "-s"};

constexpr std::array<std::string_view, 3> kDear{"dataclasses", "numpy", "typing"};
constexpr std::string_view kNone = "NAMED = ()";

/// The gate, with the modules that the sources name.
std::string gate_for(const plugin::PlanRequest& request) {
  std::string names;
  for (const std::string_view module : kDear) {
    const bool named = std::ranges::any_of(request.contents, [&](std::string_view source) {
      return source.find(module) != std::string_view::npos;
    });
    if (named) names += "\"" + std::string(module) + "\", ";
  }
  std::string source(gate_source());
  source.replace(source.find(kNone), kNone.size(), "NAMED = (" + names + ")");
  return source;
}

bool is_quiet(std::string_view argument) {
  return std::ranges::find(kQuiet, argument) != kQuiet.end();
}

}  // namespace

void add_preboot(const plugin::PlanRequest& request, plugin::Plan& plan) {
  const plugin::Step& step = plan.steps.front();
  // A program in a folder has that folder first among those of its modules; the gate knows but the
  // box itself.
  if (!plugin::starts_with(request.toolchain, "python") ||
      request.entry_file.find('/') != std::string_view::npos ||
      !std::ranges::all_of(request.runtime_args, is_quiet)) {
    return;
  }
  const std::string folder = plugin::in_box(request, kFolder);
  plan.preboots.push_back({kGate, step.name, step.argv, {"PYTHONPATH=" + folder}});
  plan.files.push_back(
      {kGate, std::string(kFolder) + "/sitecustomize.py", gate_for(request), false});
}

}  // namespace cex::plugins::python
