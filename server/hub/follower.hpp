// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/engine/service.hpp"
#include "server/hub/hub.hpp"
#include "server/hub/outlet.hpp"
#include "server/hub/talk.hpp"

namespace cex::hub {

enum class Want : std::uint8_t { events, result };

/// A client that follows a job. Belongs to the hub's thread.
struct Follower {
  using Clock = std::chrono::steady_clock;

  std::uint64_t id{0};
  Follow follow;
  Want want{Want::events};
  std::unique_ptr<Outlet> outlet;  ///< null: the client is gone, the follower is over
  Clock::time_point deadline;      ///< Want::result: when to answer 202
  std::unique_ptr<engine::Watch> watch;
  std::unique_ptr<Talk> talk;  ///< of a WebSocket

  bool head_sent{false};
  bool answered{false};   ///< everything for the client is in the outlet
  bool lingering{false};  ///< and was sent; we wait for the client's close
  bool job_done{false};   ///< nothing further will happen to the job
  int status{200};
  std::string note;
  Clock::time_point last_event{Clock::now()};
  Clock::time_point linger_until;
  std::optional<Clock::time_point> due;  ///< as registered with the hub's timers
  std::uint32_t interest{0};             ///< as registered with epoll
};

}  // namespace cex::hub
