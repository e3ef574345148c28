// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "core/engine/service.hpp"
#include "server/ws/frames.hpp"

namespace cex::hub {

/// The half of a WebSocket's client that speaks. Belongs to the hub's thread.
struct Talk {
  static constexpr std::size_t kMaxMessage = std::size_t{64} << 10U;

  std::string accept;  ///< what the client's request is answered with
  ws::FrameReader reader{kMaxMessage};
  std::unique_ptr<engine::Dialogue> dialogue;
  std::string input;  ///< of the last message: what the dialogue has not taken yet
  std::optional<std::chrono::steady_clock::time_point> pinged;  ///< and not heard of since
  bool counted{false};                                          ///< among the talkers of its job
};

}  // namespace cex::hub
