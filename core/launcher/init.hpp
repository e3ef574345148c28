// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "core/launcher/settings.hpp"

namespace cex::launcher {

/// Body of a cell's pid 1, right after the clone: makes the box's file systems and loopback, clones
/// the job's process, gives up every right and waits for it. Never returns.
[[noreturn]] void run_init(const Settings& settings, std::uint32_t slot, int init_socket,
                           int job_socket);

}  // namespace cex::launcher
