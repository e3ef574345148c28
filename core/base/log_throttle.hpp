// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace cex::log {

/// Lets each message through so many times in a window of time and counts the rest, so that an
/// error that a client can repeat at will does not fill the disk. Thread-safe.
class Throttle {
 public:
  static constexpr std::uint64_t kBurst = 20;
  static constexpr std::chrono::seconds kWindow{10};
  static constexpr std::size_t kMaxMessages = 256;

  using Time = std::chrono::steady_clock::time_point;

  /// Empty: keep quiet. Else how many lines like this one were kept quiet since the last one.
  [[nodiscard]] std::optional<std::uint64_t> ask(std::string_view message, Time now);

 private:
  struct Entry {
    Time since;
    std::uint64_t written{0};
    std::uint64_t quiet{0};
  };
  std::mutex mutex_;
  std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace cex::log
