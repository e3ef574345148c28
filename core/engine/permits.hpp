// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>

namespace cex::engine {

/// How many steps may run at once, so that measured times mean something. Each job holds one permit
/// while it runs; a job with many tests borrows those that no other job needs. Thread-safe.
class Permits {
 public:
  class Permit {
   public:
    Permit(Permit&& other) noexcept : permits_{std::exchange(other.permits_, nullptr)} {}
    Permit& operator=(Permit&&) = delete;
    ~Permit() {
      if (permits_ != nullptr) permits_->give_back();
    }

   private:
    friend class Permits;
    explicit Permit(Permits* permits) : permits_{permits} {}
    Permits* permits_;
  };

  explicit Permits(std::uint32_t total) : total_{total} {}

  /// Waits for one; whoever borrowed gives way after the step at hand.
  [[nodiscard]] Permit take();
  /// One that nobody needs now; empty if there is none, or somebody waits.
  [[nodiscard]] std::optional<Permit> borrow();
  /// Should who has borrowed one give it back?
  [[nodiscard]] bool wanted() const;

 private:
  void give_back();

  const std::uint32_t total_;
  mutable std::mutex mutex_;
  std::condition_variable freed_;
  std::uint32_t in_use_{0};
  std::uint32_t waiting_{0};
};

}  // namespace cex::engine
