// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/config/config.hpp"

namespace cex::config {

/// A configuration and where each key that is not built in came from.
struct Loaded {
  Config config;
  std::map<std::string, std::string> origins;
};

/// What one key alone cannot tell: defaults under their maximum, addresses and paths in their form.
/// Built-in default limits that nobody set are lowered to a smaller maximum instead.
void cross_check(Loaded& loaded, std::vector<std::string>& errors);

}  // namespace cex::config
