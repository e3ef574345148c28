// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "core/base/result.hpp"
#include "core/model/file_set.hpp"

namespace cex::warm {

/// Writes `files` below `folder` (which must not exist yet), readable for everybody and writable
/// for nobody, flushed to the disk. The answer is the seal: a text that lists each file with its
/// size and SHA-256. Errors: system, with what it could not write; the caller removes the folder.
[[nodiscard]] Result<std::string> write_sealed(const std::string& folder, const FileSet& files);

/// Reads every file that `seal` lists, and holds it against size and hash. The answer is the sum of
/// the sizes. Errors: internal if something is not as it was sealed.
[[nodiscard]] Result<std::uint64_t> check_seal(const std::string& folder, const std::string& seal);

/// Removes a folder made by write_sealed, wholly or half written.
void remove_sealed(const std::string& folder);

}  // namespace cex::warm
