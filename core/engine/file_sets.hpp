// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/file_set.hpp"

namespace cex::engine {

/// `files`, and those of `more` whose names are not taken.
[[nodiscard]] FileSet with_files(FileSet files, const FileSet& more);

/// `newer` joins `files`; of two with the same name the newer one stays.
void replace_files(FileSet& files, FileSet newer);

}  // namespace cex::engine
