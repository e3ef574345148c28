// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "core/base/result.hpp"
#include "core/model/language_info.hpp"

namespace cex::cli {

struct BatchItem;

/// The jobs of a batch: of a file with `{"jobs": [...]}` or a list of them as the API takes them,
/// or of a folder, whose files are a program each. Files of no known language are passed over and
/// told. Errors: invalid_request for what is neither, or holds no job.
[[nodiscard]] Result<std::vector<BatchItem>> read_batch(const std::string& path,
                                                        const std::vector<LanguageInfo>& languages);

}  // namespace cex::cli
