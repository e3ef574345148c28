// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace cex::cli {

/// Rows of text as columns that line up; the last column is not padded. The first row is the
/// heading.
[[nodiscard]] std::string as_table(const std::vector<std::vector<std::string>>& rows);

}  // namespace cex::cli
