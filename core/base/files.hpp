// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace cex {

/// The whole of a small file, "" if it cannot be read: for the kernel's own text files, whose
/// absence is an answer. What a user names is read with an error instead.
[[nodiscard]] std::string read_text_file(const std::string& path);

enum class Flush : std::uint8_t {
  none,
  disk,  ///< the bytes are on the disk before the name is
};

/// Writes `bytes` beside `path` and renames them into place, so that readers see the old or the new
/// file and never half of one. Errors: Errc::system.
[[nodiscard]] Result<void> replace_file(const std::string& path, std::string_view bytes,
                                        unsigned mode, Flush flush);

}  // namespace cex
