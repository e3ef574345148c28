// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.hpp"
#include "core/engine/ports.hpp"

namespace cex::engine {

/// Runs a real job whose program shows its own ids, capabilities, filter and mounts, and holds them
/// against what a box promises. Errors: Errc::not_ready naming what does not hold.
[[nodiscard]] Result<void> run_self_test(BoxRunner& runner);

/// The judgement alone, of what such a job printed. Pure.
[[nodiscard]] Result<void> check_box_report(const std::string& status, const std::string& mounts);

}  // namespace cex::engine
