// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/api/api_fixture.hpp"
#include "tests/cluster/link.hpp"
#include "tests/cluster/redis_server.hpp"

namespace cex::test {

/// A real daemon that shares a queue with others.
class Node {
 public:
  /// `roles`: as the environment has them, "api:worker".
  Node(const RedisServer& redis, const std::string& roles,
       std::vector<std::string> environment = {})
      : Node{redis.address(), roles, std::move(environment)} {}
  Node(const Link& link, const std::string& roles) : Node{link.address(), roles, {}} {}

  [[nodiscard]] Api api() const { return Api{daemon_->port()}; }
  [[nodiscard]] DaemonProcess& daemon() { return *daemon_; }
  /// SIGKILL, and waits; its boxes die with it.
  void kill() { daemon_.reset(); }
  /// The check of this name in /readyz.
  [[nodiscard]] json check(const std::string& name) const;
  /// Waits until /readyz says so.
  [[nodiscard]] bool becomes_ready(bool ready = true) const;
  [[nodiscard]] const std::string& folder() const { return dir_.path(); }

 private:
  Node(const std::string& address, const std::string& roles, std::vector<std::string> environment);

  ScratchDir dir_;
  std::unique_ptr<DaemonProcess> daemon_;
};

}  // namespace cex::test
