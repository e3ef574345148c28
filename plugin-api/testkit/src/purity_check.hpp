// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <cex/testkit/report.hpp>

#include "calls.hpp"

namespace cex::testkit {

/// Makes each call twice on each of eight threads, under the lock-down, and compares the bytes.
/// Runs in a child (see run_in_child); does not return with threads alive.
void check_purity(const Entry& entry, const std::vector<Json>& calls, int last_words_fd,
                  Report& report);

}  // namespace cex::testkit
