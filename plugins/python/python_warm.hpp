// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include <cex/plugin.hpp>

namespace cex::plugins::python {

/// gate/sitecustomize.py, embedded by the build.
[[nodiscard]] std::string_view gate_source();

/// Adds how the interpreter of `plan`'s step can be started ahead, where it can.
void add_preboot(const plugin::PlanRequest& request, plugin::Plan& plan);

}  // namespace cex::plugins::python
