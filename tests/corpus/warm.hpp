// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "core/model/job_request.hpp"
#include "tests/corpus/program.hpp"

/// With CEX_CORPUS_WARM=1 the C programs of a corpus run in boxes that were made ahead: each is put
/// in the place of a Python interpreter that waited for its job. So what they try, they try in a
/// box that went through the gate.
namespace cex::test {

/// Interpreters that wait whenever the machine rests.
constexpr std::uint32_t kWarmBoxes = 3;

[[nodiscard]] bool wants_warm_boxes();

/// Compiles, with the compiler of this machine, what can run in a warm box: all but programs that
/// are about their compilation, or have limits that are fixed when an interpreter starts. Before
/// there are threads. False: it could not.
[[nodiscard]] bool compile_for_warm_boxes(const std::vector<Program>& programs,
                                          const FileSet& helpers);

/// The same job for a warm box, if its program was compiled; `request` otherwise.
[[nodiscard]] JobRequest in_warm_box(const Program& program, JobRequest request);

}  // namespace cex::test
