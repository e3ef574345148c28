// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"

namespace cex::audit {

inline constexpr const char* kHeadFile = "head.json";
inline constexpr const char* kPrivateKeyFile = "key.pem";
inline constexpr const char* kPublicKeyFile = "key.pub";

/// "audit-000001.jsonl"
[[nodiscard]] std::string log_name(std::uint64_t number);

/// The number in such a name; 0 for any other name.
[[nodiscard]] std::uint64_t log_number(std::string_view name);

/// Numbers of the log files in `directory`, rising.
[[nodiscard]] Result<std::vector<std::uint64_t>> list_logs(const std::string& directory);

/// A whole small file. Errors: not_found; system; too_large above 1 MiB.
[[nodiscard]] Result<std::string> read_small(const std::string& path);

/// Makes the names in `directory` durable.
[[nodiscard]] Result<void> sync_directory(const std::string& directory);

/// One line of a log file, without its newline.
struct RawLine {
  std::uint64_t number{0};  ///< 1-based
  std::uint64_t offset{0};  ///< of its first byte
  std::string_view text;
  bool complete{true};  ///< false: the file ends without a newline
};

/// Calls `visit` for each line of `path` until it returns false. Reads in pieces: a log may be
/// larger than memory; one line is at most 4 MiB.
[[nodiscard]] Result<void> for_each_line(const std::string& path,
                                         const std::function<bool(const RawLine&)>& visit);

}  // namespace cex::audit
