// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

#include "core/engine/service.hpp"
#include "server/hub/hub.hpp"

namespace cex::api {

/// What the handlers work with; outlives every one of them. Thread-safe, as its parts are.
struct Context {
  engine::Service& service;
  hub::Hub& hub;
  std::atomic<bool> draining{false};  ///< no new jobs, not ready
};

}  // namespace cex::api
