// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>

#include "core/engine/permits.hpp"

namespace cex::engine {

/// Calls `one(0)` to `one(count - 1)`, each once, begun in this order: on the calling thread, and
/// on one more for each permit that nobody needs. Returns when all that were begun have ended. Once
/// a call has answered false, none is begun any more. `one` must not throw, and is called from
/// several threads at once.
void run_in_parallel(Permits& permits, std::size_t count,
                     const std::function<bool(std::size_t)>& one);

}  // namespace cex::engine
