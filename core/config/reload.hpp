// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/config/config.hpp"

namespace cex::config {

/// What becomes of a new configuration while the server runs.
struct Reload {
  Config config;                     ///< to be in force from now on
  std::vector<std::string> changed;  ///< keys that have another value in it than before
  std::vector<std::string> waiting;  ///< keys whose new value needs a restart, and is not in it
};

/// `now` with the reloadable keys of `wanted`. Pure.
[[nodiscard]] Reload reload(const Config& now, const Config& wanted);

}  // namespace cex::config
