// SPDX-License-Identifier: Apache-2.0
#include "core/engine/permits.hpp"

namespace cex::engine {

Permits::Permit Permits::take() {
  std::unique_lock lock{mutex_};
  ++waiting_;
  freed_.wait(lock, [this] { return in_use_ < total_; });
  --waiting_;
  ++in_use_;
  return Permit{this};
}

std::optional<Permits::Permit> Permits::borrow() {
  const std::lock_guard lock{mutex_};
  if (in_use_ + waiting_ >= total_) return std::nullopt;
  ++in_use_;
  return Permit{this};
}

bool Permits::wanted() const {
  const std::lock_guard lock{mutex_};
  return waiting_ > 0;
}

void Permits::give_back() {
  {
    const std::lock_guard lock{mutex_};
    --in_use_;
  }
  freed_.notify_one();
}

}  // namespace cex::engine
