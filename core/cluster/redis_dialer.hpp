// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/cluster/redis_address.hpp"
#include "core/cluster/redis_connection.hpp"
#include "core/config/config.hpp"

namespace cex::cluster {

/// Gets connections to the primary among the configured addresses, with the password said.
/// Thread-safe.
class RedisDialer {
 public:
  RedisDialer() = default;

  /// Reads the password. Errors: config for an address or a file that is none.
  [[nodiscard]] static Result<RedisDialer> open(const config::RedisSettings& settings);

  /// The first address that answers as a primary. Errors: not_ready, with what each of them said.
  [[nodiscard]] Result<std::unique_ptr<RedisConnection>> connect() const;

  /// How long a connection may take, and each command on it.
  [[nodiscard]] std::chrono::milliseconds timeout() const noexcept { return timeout_; }

 private:
  [[nodiscard]] Result<std::unique_ptr<RedisConnection>> greet(const RedisAddress& address) const;

  std::vector<RedisAddress> addresses_;
  std::string user_;
  std::string password_;
  std::uint32_t database_{0};
  std::chrono::milliseconds timeout_{0};
};

/// How the set-up of a Redis falls short of what is needed, in words; empty: not at all.
[[nodiscard]] std::string shortcomings_of(RedisConnection& connection);

}  // namespace cex::cluster
