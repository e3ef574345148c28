// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/cluster/redis_address.hpp"
#include "core/cluster/redis_reply.hpp"

namespace cex::cluster {

/// What went wrong with a command, as far as the caller must know it apart.
enum class Trouble : std::uint8_t {
  none,
  refused,  ///< Redis answered with an error; the connection is fine
  lost,     ///< no answer will come, and whether the command was done is not known
  late,     ///< no answer came in time; the same is not known, and the connection is of no more use
};

/// One connection to a Redis, and the only place that knows hiredis, which wants SIGPIPE ignored.
/// Not thread-safe.
class RedisConnection {
 public:
  /// Errors: not_ready with what the system says.
  [[nodiscard]] static Result<std::unique_ptr<RedisConnection>> open(
      const RedisAddress& address, std::chrono::milliseconds timeout);
  ~RedisConnection();
  RedisConnection(const RedisConnection&) = delete;
  RedisConnection& operator=(const RedisConnection&) = delete;

  /// Words are bytes of any length; nothing in them is a format. Errors: internal with Redis' own
  /// words for Trouble::refused, else not_ready. trouble() tells which.
  [[nodiscard]] Result<Reply> command(const std::vector<std::string_view>& words);
  [[nodiscard]] Trouble trouble() const noexcept { return trouble_; }
  [[nodiscard]] bool usable() const noexcept {
    return trouble_ == Trouble::none || trouble_ == Trouble::refused;
  }
  /// How long an answer may take from now on.
  void set_timeout(std::chrono::milliseconds timeout);

 private:
  struct State;
  explicit RedisConnection(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
  Trouble trouble_{Trouble::none};
};

}  // namespace cex::cluster
