// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/cluster/redis_connection.hpp"
#include "core/config/config.hpp"
#include "tests/api/daemon_process.hpp"

namespace cex::test {

/// A real redis-server with an append-only file that is synced at each write, on a unix socket in a
/// folder of its own. Destroying it kills it.
class RedisServer {
 public:
  /// `more`: further words of its command line.
  explicit RedisServer(std::vector<std::string> more = {});
  ~RedisServer();
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  [[nodiscard]] std::string address() const { return "unix:" + socket(); }
  [[nodiscard]] std::string socket() const { return dir_.path() + "/redis.sock"; }
  [[nodiscard]] const std::string& folder() const { return dir_.path(); }
  /// To reach it, with short times.
  [[nodiscard]] config::RedisSettings settings() const;

  void start();
  void kill();    ///< SIGKILL, and waits
  void freeze();  ///< SIGSTOP: connections stay, no answer comes
  void thaw();
  /// Fails the test (and gives nil) where Redis refuses it.
  cluster::Reply ask(const std::vector<std::string_view>& words);

 private:
  void wait_until_it_answers();

  ScratchDir dir_;
  std::vector<std::string> more_;
  pid_t pid_{-1};
};

/// A TCP port of loopback that nobody listened on a moment ago.
[[nodiscard]] std::uint16_t free_port();

}  // namespace cex::test
