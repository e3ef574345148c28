// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "core/launcher/settings.hpp"

namespace cex::launcher {

/// The network namespace that a slot's cells are born into: loopback up, nothing else in it. Making
/// one is dear, so the next cell gets the same one, but only where its counters of sockets, packets
/// and lost routes read as on its first day: then nothing was sent in it, and no socket is left.
class SlotNetwork {
 public:
  explicit SlotNetwork(const Settings& settings) : settings_{settings} {}

  /// Called while the slot has no cell: the slot's process has a clean namespace afterwards.
  [[nodiscard]] wire::Report provide();

 private:
  [[nodiscard]] bool is_clean();
  [[nodiscard]] wire::Report renew();
  [[nodiscard]] bool open_files();
  [[nodiscard]] bool remember();

  static constexpr std::size_t kFiles = 3;
  static constexpr std::size_t kRoom = 8192;
  struct Counters {
    int fd{-1};
    long size{0};
    char text[kRoom];
  };

  const Settings& settings_;
  bool kept_{false};  ///< there is one whose counters are known
  Counters counters_[kFiles];
};

}  // namespace cex::launcher
