// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "core/launcher/settings.hpp"

namespace cex::launcher {

/// Body of a slot's process: makes one cell ahead, runs the server's step in it, proves that all of
/// it is gone, and again. Ends when the server's socket does, or when the slot is of no more use.
[[noreturn]] void run_slot(const Settings& settings, std::uint32_t slot, int socket);

}  // namespace cex::launcher
