// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include <cex/plugin.hpp>

namespace cex::plugins::jvm {

/// The agent of gate/gate.c, embedded by the build; empty where it was built without one.
[[nodiscard]] std::string_view gate_object();

/// Adds how the plan's javac can be started ahead: it has compiled the training programs by then.
void add_compiler_preboot(const plugin::PlanRequest& request, plugin::Plan& plan);

/// Adds how the plan's program can be started ahead, up to where its main class is looked for.
void add_runtime_preboot(const plugin::PlanRequest& request, plugin::Plan& plan);

}  // namespace cex::plugins::jvm
