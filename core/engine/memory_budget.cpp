// SPDX-License-Identifier: Apache-2.0
#include "core/engine/memory_budget.hpp"

#include <chrono>

namespace cex::engine {
namespace {

// A cancellation is told by a descriptor and a flag, which no condition variable hears.
constexpr std::chrono::milliseconds kLookForCancel{50};

}  // namespace

MemoryBudget::Share::~Share() {
  if (budget_ != nullptr) budget_->give_back(bytes_);
}

std::optional<MemoryBudget::Share> MemoryBudget::take(std::uint64_t bytes,
                                                      const supervise::CancelToken& cancel) {
  if (bytes > total_) return std::nullopt;
  std::unique_lock lock{mutex_};
  const auto me = queue_.insert(queue_.end(), bytes);
  while (me != queue_.begin() || bytes > total_ - promised_) {
    if (cancel.cancelled()) {
      queue_.erase(me);
      changed_.notify_all();
      return std::nullopt;
    }
    changed_.wait_for(lock, kLookForCancel);
  }
  queue_.erase(me);
  promised_ += bytes;
  changed_.notify_all();
  return Share{this, bytes};
}

void MemoryBudget::give_back(std::uint64_t bytes) {
  {
    const std::lock_guard lock{mutex_};
    promised_ -= bytes;
  }
  changed_.notify_all();
}

MemoryBudget::Status MemoryBudget::status() const {
  const std::lock_guard lock{mutex_};
  return {total_, promised_, static_cast<std::uint32_t>(queue_.size())};
}

}  // namespace cex::engine
