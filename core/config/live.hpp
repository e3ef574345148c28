// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <utility>

#include "core/config/config.hpp"

namespace cex::config {

/// The configuration in force. Whoever decides something takes one snapshot for it, so that no
/// decision is made by half of an old and half of a new one. Thread-safe.
class Live {
 public:
  explicit Live(Config config) : now_{std::make_shared<const Config>(std::move(config))} {}

  [[nodiscard]] std::shared_ptr<const Config> now() const {
    const std::lock_guard lock{mutex_};
    return now_;
  }
  void replace(Config config) {
    auto next = std::make_shared<const Config>(std::move(config));
    const std::lock_guard lock{mutex_};
    now_ = std::move(next);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Config> now_;
};

}  // namespace cex::config
