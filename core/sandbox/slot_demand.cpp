// SPDX-License-Identifier: Apache-2.0
#include "core/sandbox/slot_demand.hpp"

namespace cex::sandbox {

std::uint32_t SlotDemand::surplus(std::uint32_t ready, Time now) {
  if (now < period_ends_) return 0;
  saw(ready);
  const std::uint32_t unused = fewest_ > keep_ ? fewest_ - keep_ : 0;
  fewest_ = kAny;
  period_ends_ = now + period_;
  return unused;
}

}  // namespace cex::sandbox
