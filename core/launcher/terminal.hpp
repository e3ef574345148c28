// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "core/launcher/settings.hpp"

namespace cex::launcher {

/// Both ends of a terminal: the outer one is the server's, the inner one the program's.
struct Terminal {
  int outer{-1};
  int inner{-1};
};

/// Makes the one terminal of a box, owned by `uid`, as the only device of a file system that is
/// mounted nowhere: no name leads to it, no second one can be made beside it, and the host's
/// terminals are not in it. On failure nothing of it is left.
[[nodiscard]] wire::Report open_terminal(const wire::Window& window, std::uint32_t uid,
                                         Terminal& terminal);

}  // namespace cex::launcher
