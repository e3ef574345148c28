// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <cex/plugin.hpp>

/// Programs by `go build`, without network, cgo and configuration files.
namespace cex::plugins::go {

inline constexpr std::string_view kProgram = "program";

/// Where a build cache lies: that of the layer if there is one, else a new one in the box.
[[nodiscard]] std::string cache_of(const plugin::PlanRequest& request);

/// Nothing is downloaded, no C compiler is called, no configuration of the user's files is read.
[[nodiscard]] plugin::Strings build_environment(const plugin::PlanRequest& request,
                                                const std::string& cache);

/// `go build` of the folder of the entry file.
[[nodiscard]] plugin::Strings build_command(const plugin::PlanRequest& request);

/// What a compiler that is given much at once may need.
[[nodiscard]] plugin::Hints build_hints();

/// The step that makes any program. Errors: BadRequest for an entry file that is no Go file.
[[nodiscard]] plugin::Step build_step(const plugin::PlanRequest& request);

}  // namespace cex::plugins::go
