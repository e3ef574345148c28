// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace cex::cli {

/// Sleeps, or until a signal has come: false then.
[[nodiscard]] bool pause_for(std::chrono::milliseconds time);

/// May stdout be drawn on (a terminal, and nobody asked for JSON)?
[[nodiscard]] bool is_screen();
/// And in colours: without NO_COLOR (https://no-color.org).
[[nodiscard]] bool has_colours();

}  // namespace cex::cli
