// SPDX-License-Identifier: Apache-2.0
#include "core/access/token_bucket.hpp"

#include <algorithm>
#include <cmath>

namespace cex::access {

double TokenBucket::level(const Rate& rate, Time now) const {
  const double passed = std::chrono::duration<double>(now - filled_).count();
  return rate.burst - std::max(0.0, missing_ - passed * rate.per_second);
}

RateState TokenBucket::take(const Rate& rate, std::uint32_t tokens, Time now) {
  double left = level(rate, now);
  RateState state{.allowed = left >= tokens, .limit = rate.burst, .remaining = 0, .reset_s = 0};
  if (state.allowed) left -= tokens;
  missing_ = rate.burst - left;
  filled_ = now;
  state.remaining = static_cast<std::uint32_t>(std::max(0.0, left));
  const double lacking = state.allowed ? missing_ : tokens - left;
  state.reset_s = static_cast<std::uint32_t>(std::ceil(lacking / rate.per_second));
  return state;
}

bool TokenBucket::full(const Rate& rate, Time now) const {
  return level(rate, now) >= rate.burst;
}

RateState RateLimiter::take(const std::string& name, const Rate& rate, std::uint32_t tokens,
                            TokenBucket::Time now) {
  const std::lock_guard lock{mutex_};
  if (entries_.size() >= sweep_at_) {
    std::erase_if(entries_, [&](const auto& entry) {
      return entry.second.bucket.full(entry.second.rate, now);
    });
    sweep_at_ = std::max<std::size_t>(1024, entries_.size() * 2);
  }
  const bool room = entries_.size() < kMost || entries_.count(name) != 0;
  Entry& entry = entries_[room ? name : std::string{}];
  entry.rate = rate;
  return entry.bucket.take(rate, tokens, now);
}

}  // namespace cex::access
