// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <cex/plugin.hpp>

namespace cex::plugins::cpp {

/// A quicker way to what compile_step() makes, as attempts: a precompiled header, and mold in place
/// of the compiler's own linker where it is installed. Empty where there is nothing to gain, or
/// where the result could be told from that of the plain call. `wanted` receives the id of the
/// layer that is missing for it.
[[nodiscard]] std::vector<plugin::Step> quick_steps(const plugin::PlanRequest& request,
                                                    plugin::Strings& wanted);

}  // namespace cex::plugins::cpp
