// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "core/launcher/settings.hpp"

namespace cex::launcher {

/// Root mode: keeps the few capabilities that boxes need, empties groups and bounding set, locks
/// securebits. Rootless: enters a user namespace of its own, with one id mapped by itself or a
/// range by the server, then does the same inside it.
[[nodiscard]] wire::Report take_privileges(const Settings& settings);

/// For the box's processes: no groups, ids set, every capability set empty, no_new_privs, not
/// dumpable, securebits locked; all read back. Fails closed: anything that did not take is an
/// error.
[[nodiscard]] wire::Report give_up_privileges(const Settings& settings, std::uint32_t uid);

}  // namespace cex::launcher
