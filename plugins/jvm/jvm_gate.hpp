// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include <cex/plugin.hpp>

#include "jvm_common.hpp"
#include "training.hpp"

namespace cex::plugins::jvm {

/// The agent of gate/gate.c, embedded by the build; empty where it was built without one.
[[nodiscard]] std::string_view gate_object();

/// What a JVM does before it waits at the gate.
struct Warming {
  std::string_view work{};            ///< the agent's word for it: "javac"; empty: nothing
  plugin::Strings arguments{};        ///< for a compiler, before those that name folder and files
  std::vector<TrainingFile> files{};  ///< what it does it with
  std::string_view prefix{};          ///< of JVM flags: "-J" for the launchers of a JDK's tools
};

/// Adds how the program of the plan's first step can be started ahead, up to where its main class
/// is looked for. Nothing where there is no agent, or a JVM that it was never tried with.
void add_gate(const plugin::PlanRequest& request, const Jvm& jvm, const Warming& warming,
              plugin::Plan& plan);

}  // namespace cex::plugins::jvm
