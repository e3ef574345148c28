// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "core/base/result.hpp"
#include "core/config/config.hpp"
#include "core/engine/admission.hpp"
#include "core/model/job_request.hpp"
#include "core/model/sandbox_plan.hpp"

namespace cex::engine {

/// Asks the plugin for its proposal and core/policy for the decision. Empty: nothing to compile.
[[nodiscard]] Result<std::vector<SandboxPlan>> plan_compile(const JobRequest& request,
                                                            const Admitted& admitted,
                                                            const config::Config& config);

/// The same for one run. `files`: what is in the box by then, compile outputs included.
/// Errors also where the plugin does not plan exactly one step.
[[nodiscard]] Result<SandboxPlan> plan_run(const JobRequest& request, const Admitted& admitted,
                                           const Admitted::Run& run, const FileSet& files,
                                           const config::Config& config);

/// The plans of a job as they would be run, in order, with at most `runs` of its runs; nothing
/// runs.
[[nodiscard]] Result<std::vector<SandboxPlan>> plan_all(const JobRequest& request,
                                                        const Admitted& admitted,
                                                        const config::Config& config,
                                                        std::size_t runs);

}  // namespace cex::engine
