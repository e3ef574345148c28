// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cex/plugin.hpp>

namespace cex::plugins::cpp {

/// One call of the compiler driver: all sources to /box/program.
/// Throws BadRequest when there is no source to compile.
[[nodiscard]] plugin::Step compile_step(const plugin::PlanRequest& request);

/// Starts /box/program.
[[nodiscard]] plugin::Step run_step(const plugin::PlanRequest& request);

}  // namespace cex::plugins::cpp
