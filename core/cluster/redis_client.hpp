// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/base/result.hpp"
#include "core/cluster/redis_connection.hpp"
#include "core/cluster/redis_dialer.hpp"
#include "core/cluster/scripts.hpp"
#include "core/config/config.hpp"

namespace cex::cluster {

/// A node's connections to its Redis. While there is none, every call fails at once with
/// Errc::not_ready and a thread tries to get one again, at intervals that grow and vary, until
/// stop. Thread-safe.
class RedisClient {
 public:
  /// Reads the password now and connects later. Errors: config for an address or a file that is
  /// none.
  [[nodiscard]] static Result<std::unique_ptr<RedisClient>> open(
      const config::RedisSettings& settings);
  ~RedisClient();
  RedisClient(const RedisClient&) = delete;
  RedisClient& operator=(const RedisClient&) = delete;

  using Words = std::vector<std::string_view>;
  /// Where a connection turns out to be dead, the script is sent once more on a new one; see
  /// Script.
  [[nodiscard]] Result<Reply> run(Script script, const Words& arguments);
  /// The same, and as many replicas as the configuration says have it when this returns. Errors:
  /// not_ready also where they do not; the script was done nevertheless.
  [[nodiscard]] Result<Reply> run_safely(Script script, const Words& arguments);
  /// Only for commands that may be done twice.
  [[nodiscard]] Result<Reply> command(const Words& words);

  /// A connection for the caller alone, to the primary, with the password said.
  [[nodiscard]] Result<std::unique_ptr<RedisConnection>> connect() const {
    return dialer_.connect();
  }

  [[nodiscard]] bool up() const;
  /// Up now, or within `patience`, or when stop() is called.
  bool wait_until_up(std::chrono::milliseconds patience);
  /// Why not, or how what there is falls short of what is needed; empty: all is well.
  [[nodiscard]] std::string remark() const;
  /// Calls `told` from a thread of its own after each time that the connection came back. Set once,
  /// before start().
  void when_up(std::function<void()> told) { told_ = std::move(told); }
  void start();
  void stop();
  /// The connection that `listener` used is gone; whoever else uses one will find out sooner.
  void suspect(const std::string& reason);

  [[nodiscard]] std::string key(std::string_view name) const { return prefix_ + std::string{name}; }
  [[nodiscard]] std::chrono::milliseconds timeout() const noexcept { return dialer_.timeout(); }

 private:
  using Connection = std::unique_ptr<RedisConnection>;
  struct Taken {
    Connection connection;
    std::uint64_t era{0};  ///< connections of an earlier one are not used again
    bool fresh{false};
  };

  RedisClient() = default;
  [[nodiscard]] Result<Taken> take();
  void give(Taken taken);
  [[nodiscard]] Result<Reply> ask(const std::function<Result<Reply>(RedisConnection&)>& question);
  [[nodiscard]] Result<Reply> evaluate(RedisConnection& connection, Script script,
                                       const Words& arguments);
  [[nodiscard]] Error judge(RedisConnection& connection, Error error);
  [[nodiscard]] Result<void> load_scripts(RedisConnection& connection);
  void go_down(std::uint64_t era, const std::string& reason);
  void keep_connected();
  [[nodiscard]] bool come_up();

  RedisDialer dialer_;
  std::string prefix_;
  std::uint32_t most_{0};
  std::uint32_t replicas_{0};
  std::function<void()> told_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool up_{false};
  bool stopping_{false};
  std::string why_down_{"not connected yet"};
  std::string shortcomings_;
  std::uint64_t era_{0};
  std::vector<Connection> idle_;
  std::uint32_t open_{0};
  std::array<std::string, kScripts> names_;  ///< of the scripts, as Redis has them
  std::thread keeper_;
};

}  // namespace cex::cluster
