// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/corpus/program.hpp"

namespace cex::test {

/// Runs one program as its header says and holds the result, every byte that came back, and the
/// host before and after against what is right. Failures are GoogleTest's.
void judge(const Program& program, const FileSet& helpers);

}  // namespace cex::test
