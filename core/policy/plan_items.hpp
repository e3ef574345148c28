// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/langspec/plan.hpp"
#include "core/model/file_set.hpp"

namespace cex::policy {

inline constexpr std::size_t kMaxItems = 512;       ///< argv or env of one step
inline constexpr std::size_t kMaxItemBytes = 8192;  ///< one of them
inline constexpr std::size_t kMaxPluginFiles = 256;
inline constexpr std::size_t kMaxPluginFileBytes = std::size_t{4} << 20U;  ///< all together

/// A proposal that breaks a rule; the text names what and where.
[[nodiscard]] tl::unexpected<Error> refuse(std::string rule);

/// Number and size of a list's texts. `what` names it in the error.
[[nodiscard]] Result<void> check_items(std::string_view what,
                                       const std::vector<std::string>& items);

/// Those of the plugin's files that belong to `owner`, and with `shared` those of nobody.
[[nodiscard]] Result<FileSet> decide_files(const std::vector<langspec::File>& proposed,
                                           std::string_view owner, bool shared);

}  // namespace cex::policy
