// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <cex/testkit/report.hpp>

#include "calls.hpp"

namespace cex::testkit {

/// Replays each *.json of `folder` and compares records. A file is a call (see calls.hpp) with its
/// "records" (and "error" where it is refused), or {"cases": [call, ...]}. Runs in a child.
void check_golden(const Entry& entry, const std::string& folder, bool update, Report& report);

/// The calls of all files, for the purity check.
[[nodiscard]] std::vector<Json> golden_calls(const std::string& folder);

}  // namespace cex::testkit
