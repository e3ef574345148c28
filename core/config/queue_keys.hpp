// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/config/keys.hpp"

namespace cex::config {

/// The keys of waiting jobs, of results and of how callers share the server.
void add_queue(std::vector<Key>& table);

/// `languages.<id>.max_concurrent`.
[[nodiscard]] Key max_concurrent_key(const std::string& prefix, const std::string& id);

}  // namespace cex::config
