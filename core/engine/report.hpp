// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/engine/admission.hpp"
#include "core/engine/verdict.hpp"
#include "core/model/job_view.hpp"

namespace cex::engine {

/// Turns what happened into what the client sees. Takes the outcome's streams.
[[nodiscard]] StepReport report_step(std::string name, StepOutcome&& outcome, StepKind kind);

/// The verdict of a test whose run ended well; none without an expectation.
void hold_against(StepReport& report, const TestCase& test);

/// What a compiler said, as structure: asks the plugin with capped text (256 KiB, lines of 4 KiB).
/// A plugin that fails here costs the diagnostics, not the job.
[[nodiscard]] std::vector<Diagnostic> diagnose(const Choice& choice, const StepReport& report);

/// Adds up what several steps of one phase used.
void add_usage(Usage& sum, const Usage& step);

}  // namespace cex::engine
