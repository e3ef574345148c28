// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "core/audit/chain.hpp"
#include "core/base/result.hpp"

namespace cex::audit {

/// Who listens while a file is read.
struct ScanEvents {
  std::function<void(const SealedLine&)> record;                         ///< a line that is its own
  std::function<void(std::uint64_t line, std::string message)> finding;  ///< anything that is not
};

/// What a file ends with if its last line was never finished.
struct TornLine {
  std::uint64_t offset{0};
  std::string bytes;
};

struct ScanResult {
  std::optional<Link> link;  ///< where the chain stands after the file
  std::uint64_t records{0};
  std::optional<TornLine> torn;
};

/// Reads one log file and follows the chain from `start`; without one, the first line is believed
/// about what stands before it. After a finding the chain is picked up again at the next line, so
/// that one change gives one finding and not thousands. Records up to `signed_to` are covered by a
/// signature over the last of them, so that following the chain is enough; it costs a tenth.
[[nodiscard]] Result<ScanResult> scan_log(const std::string& path, std::optional<Link> start,
                                          const ScanEvents& events, std::uint64_t signed_to = 0);

}  // namespace cex::audit
