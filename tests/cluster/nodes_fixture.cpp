// SPDX-License-Identifier: Apache-2.0
#include "tests/cluster/nodes_fixture.hpp"

#include <thread>

namespace cex::test {

using std::chrono::milliseconds;

Node::Node(const std::string& address, const std::string& roles,
           std::vector<std::string> environment) {
  environment.push_back("CODE_EXECUTOR_ROLES=" + roles);
  environment.emplace_back("CODE_EXECUTOR_QUEUE_BACKEND=redis");
  environment.push_back("CODE_EXECUTOR_QUEUE_REDIS_ADDRESS=" + address);
  environment.emplace_back("CODE_EXECUTOR_QUEUE_REDIS_HEARTBEAT_MS=500");
  environment.emplace_back("CODE_EXECUTOR_QUEUE_REDIS_TIMEOUT_MS=1000");
  daemon_ = std::make_unique<DaemonProcess>(dir_.path(), std::vector<std::string>{"--slots", "2"},
                                            environment);
}

json Node::check(const std::string& name) const {
  const json body = body_of(api().get("/readyz"));
  for (const json& check : body["checks"]) {
    if (check["name"] == name) return check;
  }
  return nullptr;
}

bool Node::becomes_ready(bool ready) const {
  return comes_true([&] { return body_of(api().get("/readyz"))["ready"] == ready; });
}

}  // namespace cex::test
