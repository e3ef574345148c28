// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "core/base/unique_fd.hpp"
#include "server/hub/follower.hpp"

namespace cex::hub {

/// What other threads tell the hub's thread. Every message makes `fd()` readable.
class Inbox {
 public:
  struct Mail {
    std::vector<std::unique_ptr<Follower>> fresh;
    std::vector<std::uint64_t> notified;            ///< sorted, each id once
    std::optional<std::chrono::milliseconds> stop;  ///< the patience
  };

  Inbox();

  /// False after stop(): the follower is dropped.
  bool add(std::unique_ptr<Follower> follower);
  void notify(std::uint64_t follower_id);
  void stop(std::chrono::milliseconds patience);

  [[nodiscard]] int fd() const noexcept { return wake_.get(); }
  /// All mail since the last call.
  [[nodiscard]] Mail collect();

 private:
  void ring() const;

  UniqueFd wake_;
  std::mutex mutex_;
  Mail mail_;
  bool stopped_{false};
};

}  // namespace cex::hub
