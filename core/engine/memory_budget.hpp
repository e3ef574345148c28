// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>

#include "core/supervise/cancel_token.hpp"

namespace cex::engine {

/// Memory that running steps were promised by their limits: it never adds up to more than there is
/// to give, so that a step which stays below its limit is never killed for its neighbours' sake.
/// First come, first served: a large step is not overtaken for ever by small ones. Thread-safe.
class MemoryBudget {
 public:
  struct Status {
    std::uint64_t total{0};
    std::uint64_t promised{0};
    std::uint32_t waiting{0};
  };

  /// What one step holds; dropping it gives the memory back.
  class Share {
   public:
    Share(Share&& other) noexcept
        : budget_{std::exchange(other.budget_, nullptr)}, bytes_{other.bytes_} {}
    Share& operator=(Share&&) = delete;
    ~Share();

   private:
    friend class MemoryBudget;
    Share(MemoryBudget* budget, std::uint64_t bytes) : budget_{budget}, bytes_{bytes} {}
    MemoryBudget* budget_;
    std::uint64_t bytes_;
  };

  explicit MemoryBudget(std::uint64_t total) : total_{total} {}

  /// Waits for its turn and for the memory. Empty: cancelled, or more than there will ever be.
  [[nodiscard]] std::optional<Share> take(std::uint64_t bytes,
                                          const supervise::CancelToken& cancel);
  [[nodiscard]] Status status() const;

 private:
  void give_back(std::uint64_t bytes);

  const std::uint64_t total_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t promised_{0};
  std::list<std::uint64_t> queue_;  // sizes of those that wait, oldest first
};

}  // namespace cex::engine
