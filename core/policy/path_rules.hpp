// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/result.hpp"
#include "core/model/file_set.hpp"

namespace cex::policy {

inline constexpr std::size_t kMaxPathBytes = 1024;
inline constexpr std::size_t kMaxPathPartBytes = 255;
inline constexpr std::size_t kMaxPathParts = 32;

/// Is `path` a name that a file in a box may have? Relative, valid UTF-8, no control characters, no
/// backslash, no empty, `.` or `..` part, no part that starts with `-` or `@`; 1-255 bytes a part,
/// 1024 in all, 32 parts. Names are refused, never repaired.
/// Errors: invalid_request with the rule that is broken; the name itself is not echoed.
[[nodiscard]] Result<void> check_path(std::string_view path);

struct FileSetBounds {
  std::size_t max_files{1000};
  std::uint64_t max_bytes{std::uint64_t{16} << 20U};
};

/// check_path for each file, and for the set: not empty, no name twice, no file that is also a
/// folder of another, count and sum of sizes within `bounds`. Errors point at the file:
/// `/files/3/path`; too_large for the bounds.
[[nodiscard]] Result<void> check_file_set(const FileSet& files, const FileSetBounds& bounds = {},
                                          std::string_view pointer = "/files");

/// A glob below the work folder: check_path's rules, with `*`, `**` and `?`, at most 8 stars.
[[nodiscard]] Result<void> check_glob(std::string_view pattern);

}  // namespace cex::policy
