// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <cex/plugin.hpp>

/// What is made once for a Go tool chain: its compiled standard library, and how its compiler and
/// linker are called. warm/layer.go says what lies in it.
namespace cex::plugins::go {

[[nodiscard]] std::string layer_id(const plugin::PlanRequest& request);

/// The build cache in a layer or a box at `place`.
[[nodiscard]] std::string cache_in(std::string_view place);

/// How the layer is filled, in one step.
[[nodiscard]] plugin::Plan warm_plan(const plugin::PlanRequest& request);

}  // namespace cex::plugins::go
