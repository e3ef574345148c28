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
      {kGate, std::string(kFolder) + "/sitecustomize.py", std::string(gate_source()), false});
}

}  // namespace cex::plugins::python
