// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "core/model/principal.hpp"

namespace cex::access {

/// What a rate has left, as clients are told.
struct RateState {
  bool allowed{true};
  std::uint32_t limit{0};      ///< the burst
  std::uint32_t remaining{0};  ///< whole requests that may come now
  std::uint32_t reset_s{0};  ///< seconds until one more may come, or until the burst is full again
};

/// One bucket: fills with `per_second` tokens up to `burst`, a request takes one. Not thread-safe.
class TokenBucket {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// Takes `tokens`, or none of them.
  [[nodiscard]] RateState take(const Rate& rate, std::uint32_t tokens, Time now);
  [[nodiscard]] bool full(const Rate& rate, Time now) const;

 private:
  [[nodiscard]] double level(const Rate& rate, Time now) const;
  double missing_{0};  ///< below the burst, at filled_
  Time filled_{};
};

/// A bucket for each name. Thread-safe; forgets buckets that are full. Names above kMost share one,
/// so that inventing names costs no memory.
class RateLimiter {
 public:
  [[nodiscard]] RateState take(const std::string& name, const Rate& rate, std::uint32_t tokens,
                               TokenBucket::Time now);

 private:
  struct Entry {
    TokenBucket bucket;
    Rate rate;
  };
  static constexpr std::size_t kMost = 65'536;
  std::mutex mutex_;
  std::map<std::string, Entry> entries_;
  std::size_t sweep_at_{1024};
};

}  // namespace cex::access
