// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/config/keys.hpp"

namespace cex::config {

/// The keys of what is made ahead of jobs, or kept of them.
void add_ahead(std::vector<Key>& table);

/// `languages.<id>.warm_up`.
[[nodiscard]] Key warm_up_key(const std::string& prefix, const std::string& id);

}  // namespace cex::config
