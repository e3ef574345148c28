// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>

namespace cex::sandbox {

/// How many ready slots nobody needs: those that no moment of a whole period asked for, less a
/// few to begin with. Not thread-safe.
class SlotDemand {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// `keep`: ready slots that stay however long nothing runs; a period of 0 never ends.
  SlotDemand(std::uint32_t keep, std::chrono::milliseconds period, Time now)
      : keep_{keep},
        period_{period},
        period_ends_{period.count() > 0 ? now + period : Time::max()} {}

  /// So many were ready when somebody took one.
  void saw(std::uint32_t ready) { fewest_ = ready < fewest_ ? ready : fewest_; }

  /// How many of those that are `ready` now may go; not 0 at most once a period.
  [[nodiscard]] std::uint32_t surplus(std::uint32_t ready, Time now);

  /// When surplus() wants to be asked again.
  [[nodiscard]] Time period_ends() const { return period_ends_; }

 private:
  static constexpr std::uint32_t kAny = ~std::uint32_t{0};
  std::uint32_t keep_;
  std::chrono::milliseconds period_;
  Time period_ends_;
  std::uint32_t fewest_{kAny};
};

}  // namespace cex::sandbox
