// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "cli/options.hpp"
#include "core/base/result.hpp"
#include "core/model/job_request.hpp"
#include "core/model/language_info.hpp"

namespace cex::cli {

/// Everything of a job that has to be read before root is given up: files, input, limits. The
/// language stays open if it was not named. Names in the box are relative to the first file's
/// folder.
[[nodiscard]] Result<JobRequest> read_program(const Program& program);

/// Sets the language by the first file's extension where it is not set yet.
/// Errors: unknown_language, naming the extensions that are known.
[[nodiscard]] Result<void> choose_language(JobRequest& request,
                                           const std::vector<LanguageInfo>& languages);

}  // namespace cex::cli
