// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

namespace cex {

using WallTime = std::chrono::system_clock::time_point;
using Nanoseconds = std::chrono::nanoseconds;

/// RFC 3339 in UTC with milliseconds: "2026-01-31T12:00:00.000Z".
[[nodiscard]] std::string rfc3339(WallTime instant);

/// Milliseconds with three decimals kept, as the API gives durations.
[[nodiscard]] inline double to_ms(Nanoseconds duration) noexcept {
  const auto microseconds = duration.count() / 1000;
  return static_cast<double>(microseconds) / 1000.0;
}

}  // namespace cex
