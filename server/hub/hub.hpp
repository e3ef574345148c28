// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "core/engine/service.hpp"
#include "server/http/connection.hpp"

namespace cex::hub {

struct HubSettings {
  std::chrono::milliseconds heartbeat{15'000};
  std::chrono::milliseconds stall{10'000};  ///< a client that takes no byte for this long is cut
  std::chrono::milliseconds linger{1'000};  ///< how long a finished connection waits for the close
  std::size_t max_backlog{std::size_t{256} << 10U};  ///< bytes of events kept for one client
  std::size_t max_clients{1024};
};

enum class OnDisconnect : std::uint8_t { keep, cancel };

/// What a connection wants to know of a job.
struct Follow {
  std::string job;
  std::uint64_t after{0};  ///< streams: the last event that the client has
  OnDisconnect on_disconnect{OnDisconnect::keep};
  RequestContext context;
};

/// One thread that waits for jobs on behalf of every client that does: event streams, WebSockets
/// and `wait=`. Sockets are written without blocking, with a bounded backlog for each client. All
/// public calls but stop() return at once; all are thread-safe.
class Hub {
 public:
  using Clock = std::chrono::steady_clock;

  Hub(engine::Service& service, HubSettings settings);
  ~Hub();  ///< stop() without patience
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;

  /// Is there room for one more connection?
  [[nodiscard]] bool has_room() const noexcept;

  [[nodiscard]] std::size_t clients() const noexcept;

  /// Sends the job's events until its result.
  void stream(http::Connection connection, Follow follow);
  /// The same over a WebSocket, on which the client speaks to the program too; `accept` is the
  /// answer to its handshake.
  void talk(http::Connection connection, Follow follow, std::string accept);
  /// Answers 200 with the finished job, or at `deadline` 202 with the job as it stands.
  void await(http::Connection connection, Follow follow, Clock::time_point deadline);

  /// Ends every stream with an `error` event and every wait with what there is, gives the clients
  /// `patience` to take it, and ends the thread. Later calls drop their connections.
  void stop(std::chrono::milliseconds patience);

 private:
  class Loop;
  const std::unique_ptr<Loop> loop_;
};

}  // namespace cex::hub
