// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/model/file_set.hpp"

namespace cex::sandbox {

struct CollectLimits {
  std::uint32_t max_files{1000};
  std::uint64_t max_bytes{0};       ///< of all contents together
  std::uint64_t max_file_bytes{0};  ///< a longer file is cut and marked
};

struct Collected {
  FileSet files;          ///< sorted by path
  bool truncated{false};  ///< something matched and was left out or cut
};

/// Regular files below the work folder whose path matches one of `globs`. Call only when every
/// process of the box is dead. Nothing is opened by a path that the job could have bent: openat2
/// with RESOLVE_BENEATH, NO_SYMLINKS, NO_MAGICLINKS and NO_XDEV, then fstat; links, pipes, devices,
/// files with a second name and unreadable ones are passed over.
[[nodiscard]] Result<Collected> collect(int box_dir, const std::vector<std::string>& globs,
                                        const CollectLimits& limits);

}  // namespace cex::sandbox
