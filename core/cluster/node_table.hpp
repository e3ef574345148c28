// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/base/result.hpp"
#include "core/cluster/redis_client.hpp"

namespace cex::cluster {

/// What a heartbeat brings back.
struct Pulse {
  std::vector<std::string> lost;       ///< jobs that are not this node's any more
  std::vector<std::string> cancelled;  ///< jobs of this node that somebody wants cancelled
  std::uint64_t waiting{0};
  std::uint64_t waiting_bytes{0};
  std::uint64_t claims{0};       ///< of all nodes, so far
  bool announcement_kept{true};  ///< false: send it whole with the next
};

/// Who takes part, and what each says that it can run. Thread-safe. Errors: not_ready.
class NodeTable {
 public:
  NodeTable(RedisClient& client, std::string node) : client_{client}, node_{std::move(node)} {}

  struct Beat {
    std::chrono::milliseconds lease{0};                          ///< of the jobs
    std::chrono::milliseconds alive_for{0};                      ///< without a further one
    std::string announcement_name;                               ///< empty: runs nothing
    std::string announcement;                                    ///< empty: Redis has it
    std::vector<std::pair<std::string, std::uint32_t>> running;  ///< ids, attempts
  };
  [[nodiscard]] Result<Pulse> beat(const Beat& beat);
  /// This node stops.
  [[nodiscard]] Result<void> leave();

  /// Live nodes with the names of their announcements.
  [[nodiscard]] Result<std::vector<std::pair<std::string, std::string>>> nodes();
  /// Errors: not_found as well.
  [[nodiscard]] Result<std::string> announcement(const std::string& name);
  [[nodiscard]] const std::string& self() const noexcept { return node_; }

 private:
  RedisClient& client_;
  const std::string node_;
};

}  // namespace cex::cluster
