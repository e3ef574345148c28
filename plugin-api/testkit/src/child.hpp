// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include <cex/testkit/report.hpp>

namespace cex::testkit {

/// Runs `work` in a forked child and merges the child's findings into `report`. A crash, an abort,
/// a forbidden system call or 60 s without an answer is a failure of `check`. `work` gets the
/// report to fill and the descriptor on which a signal handler may leave a last word.
void run_in_child(Report& report, const std::string& check,
                  const std::function<void(Report& report, int last_words_fd)>& work);

}  // namespace cex::testkit
