// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "core/engine/service.hpp"
#include "server/hub/hub.hpp"
#include "server/webhooks/policy.hpp"

namespace cex::api {

/// How the last attempt to take a new configuration went. Thread-safe.
class Reloads {
 public:
  void went_well() { set(std::nullopt); }
  void failed(std::string why) { set(std::move(why)); }
  [[nodiscard]] std::optional<std::string> failure() const {
    const std::lock_guard lock{mutex_};
    return failure_;
  }

 private:
  void set(std::optional<std::string> failure) {
    const std::lock_guard lock{mutex_};
    failure_ = std::move(failure);
  }
  mutable std::mutex mutex_;
  std::optional<std::string> failure_;
};

/// What the handlers work with; outlives every one of them. Thread-safe, as its parts are.
struct Context {
  engine::Service& service;
  hub::Hub& hub;
  std::shared_ptr<const webhooks::Policy> webhooks;
  std::atomic<bool> draining{false};  ///< no new jobs, not ready
  Reloads reloads{};
};

}  // namespace cex::api
