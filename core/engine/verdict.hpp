// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "core/model/job_view.hpp"
#include "core/model/outcome.hpp"
#include "core/model/verdict.hpp"

namespace cex::engine {

enum class StepKind : std::uint8_t { compile, run };

/// What a client is told of one step. A program that dies of what a limit did to it gets the
/// limit's verdict; nothing that the program wrote or did to itself with signals can forge one.
/// Pure.
[[nodiscard]] Verdict judge(const StepOutcome& outcome, StepKind kind);

/// The job's verdict: of the first step that is not ok, else wrong_answer if any test says so, else
/// ok.
[[nodiscard]] Verdict judge_job(const JobView& view);

}  // namespace cex::engine
