// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.hpp"
#include "core/base/unique_fd.hpp"
#include "core/model/file_set.hpp"
#include "core/model/sandbox_plan.hpp"

namespace cex::sandbox {

/// The plan's command (cwd, argv, env) as wire::Image in a sealed memfd.
/// Errors: Errc::policy if it has more than wire::kMaxStrings strings or a NUL in one.
[[nodiscard]] Result<UniqueFd> make_image(const SandboxPlan& plan);

/// Files to write below the work folder as wire::Archive in a sealed memfd. One archive may serve
/// many boxes at once (the tests of one job).
[[nodiscard]] Result<UniqueFd> make_archive(const FileSet& files);

}  // namespace cex::sandbox
