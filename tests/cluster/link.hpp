// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <string>

#include "tests/cluster/redis_server.hpp"

namespace cex::test {

/// The way of one node to Redis, which can be cut while others go on: a process that passes bytes
/// on. Cut, connections stay, and nothing comes through. Destroying it ends all of them.
class Link {
 public:
  explicit Link(const RedisServer& redis);
  ~Link();
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  [[nodiscard]] std::string address() const { return "unix:" + path_; }
  void cut() const;
  void heal() const;

 private:
  ScratchDir dir_;
  std::string path_;
  pid_t pid_{-1};
};

}  // namespace cex::test
