// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace cex::warm {

/// Decides which programs to start ahead, and how many of each. Knows them by their keys only, and
/// is told what happens. Not thread-safe; the time is the caller's.
class PrebootDemand {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// `most`: processes that may wait together.
  explicit PrebootDemand(std::uint32_t most) : most_{most} {}

  /// One to have before anybody asked for it, from now on or, with `wanted` false, no more.
  void seed(const std::string& key, bool wanted, Time now);
  /// A job could have used one. `served`: there was one.
  void asked(const std::string& key, bool served, Time now);
  /// As many wait now as before, and this one more, or less.
  void came(const std::string& key);
  void went(const std::string& key);
  /// It could not be started: not again before a while, longer each time.
  void failed(const std::string& key, Time now);

  /// The one to start next. Empty: all is as it should be, or nothing can be done now.
  [[nodiscard]] std::optional<std::string> next(Time now);
  /// One that waits though nobody is expected to come, or that others need more. Empty: none.
  [[nodiscard]] std::optional<std::string> surplus(Time now);
  /// Worth keeping what is needed to start it?
  [[nodiscard]] bool knows(const std::string& key) const { return kinds_.count(key) != 0; }
  [[nodiscard]] std::uint32_t target(const std::string& key) const;
  [[nodiscard]] std::uint32_t waiting() const { return waiting_; }

 private:
  struct Kind {
    bool seeded{false};
    std::uint32_t asks{0};
    std::uint32_t target{0};
    std::uint32_t waiting{0};
    std::uint32_t failures{0};
    Time last_asked{};
    Time shrink_at{};
    Time retry_at{};
  };
  void forget_the_coldest();
  void calm_down(Kind& kind, Time now) const;

  const std::uint32_t most_;
  std::uint32_t waiting_{0};
  std::map<std::string, Kind> kinds_;
};

}  // namespace cex::warm
