// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>

#include "core/engine/service.hpp"
#include "server/hub/hub.hpp"
#include "server/webhooks/policy.hpp"

namespace cex::api {

/// What the handlers work with; outlives every one of them. Thread-safe, as its parts are.
struct Context {
  engine::Service& service;
  hub::Hub& hub;
  std::shared_ptr<const webhooks::Policy> webhooks;
  std::atomic<bool> draining{false};  ///< no new jobs, not ready
};

}  // namespace cex::api
