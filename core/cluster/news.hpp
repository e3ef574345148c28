// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "core/cluster/redis_client.hpp"

namespace cex::cluster {

/// Listens, on a connection of its own, to what the other nodes have for this one. Its callbacks
/// run on its thread, one at a time; they may use the client.
class News {
 public:
  struct Listener {
    std::function<void(const std::string& lane)> waits;  ///< a job began to wait there
    std::function<void(const std::string& id)> events;   ///< a watched job has new events
    std::function<void(const std::string& id)> cancel;   ///< a job of this node is to be cancelled
    std::function<void()> missed;  ///< there was a time in which nothing was heard
  };
  News(RedisClient& client, const std::string& node, Listener listener);
  ~News();
  News(const News&) = delete;
  News& operator=(const News&) = delete;

 private:
  void listen();
  [[nodiscard]] Result<void> follow(RedisConnection& connection);
  void tell(const Reply& stream);
  void tell_entry(const Reply& fields);

  RedisClient& client_;
  const std::string wake_key_;
  const std::string own_key_;
  const Listener listener_;
  std::string wake_at_;
  std::string own_at_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace cex::cluster
