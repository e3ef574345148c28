// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "server/http/connection.hpp"

namespace cex::hub {

/// Our end of a connection that the hub holds: never blocks, keeps what the kernel does not take
/// yet. Used by the hub's thread only.
class Outlet {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Outlet(http::Connection connection);

  void append(std::string_view bytes);
  /// Writes what the kernel takes now. False: the client is gone.
  [[nodiscard]] bool flush(Clock::time_point now);
  /// What the client sent, up to `room` bytes: 0 at its end or a failure, -1 for nothing yet.
  [[nodiscard]] ssize_t receive(char* to, std::size_t room);
  /// Is there more of it than epoll knows of?
  [[nodiscard]] bool has_buffered() const { return channel_.has_buffered(); }
  /// What it had sent behind its request, once.
  [[nodiscard]] std::string take_unread() { return std::exchange(connection_.unread, {}); }
  /// After the last byte: half-closes, so that the client sees the end and we see its close.
  void finish_writing();

  [[nodiscard]] int fd() const noexcept { return channel_.fd(); }
  [[nodiscard]] std::size_t backlog() const noexcept { return pending_.size() - sent_; }
  [[nodiscard]] Clock::time_point last_progress() const noexcept { return last_progress_; }
  [[nodiscard]] const http::RequestLog& log() const noexcept { return connection_.log; }

 private:
  http::Connection connection_;
  http::Channel& channel_;
  std::string pending_;
  std::size_t sent_{0};
  Clock::time_point last_progress_;
};

}  // namespace cex::hub
