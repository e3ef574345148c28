// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"

namespace cex::cluster {

/// Where a Redis listens: a path, or a host with a port.
struct RedisAddress {
  std::string path;  ///< of a unix socket; empty: host and port count
  std::string host;
  std::uint16_t port{0};

  [[nodiscard]] std::string text() const;  ///< as it was written
};

/// "unix:/run/redis.sock, [::1]:6379, cache-1:6379". Errors: config, naming the part.
[[nodiscard]] Result<std::vector<RedisAddress>> parse_redis_addresses(std::string_view text);

}  // namespace cex::cluster
