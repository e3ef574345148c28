// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <cex/plugin.hpp>

namespace cex::plugins::cpp {

inline constexpr std::string_view kProgram = "program";  ///< what a compilation makes

[[nodiscard]] bool is_cpp(const plugin::PlanRequest& request);
[[nodiscard]] bool is_source(const plugin::PlanRequest& request, std::string_view file);

/// The standard that was asked for, as this compiler calls it.
[[nodiscard]] std::string standard(const plugin::PlanRequest& request);

/// The driver with all options of the request, but no sources, output or libraries.
[[nodiscard]] plugin::Strings compiler_call(const plugin::PlanRequest& request);
/// The libraries of the request: they come after what needs them.
void add_libraries(plugin::Strings& argv, const plugin::PlanRequest& request);
/// What a compiler and its helpers need.
[[nodiscard]] plugin::Hints compile_hints();

/// One call of the compiler driver: all sources to /box/program.
/// Throws BadRequest when there is no source to compile.
[[nodiscard]] plugin::Step compile_step(const plugin::PlanRequest& request);

/// Starts /box/program.
[[nodiscard]] plugin::Step run_step(const plugin::PlanRequest& request);

}  // namespace cex::plugins::cpp
