// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace cex {

/// The size of a terminal's window, in characters.
struct WindowSize {
  std::uint16_t rows{24};
  std::uint16_t cols{80};

  friend bool operator==(const WindowSize&, const WindowSize&) = default;
};

inline constexpr std::uint16_t kMaxWindowSide = 1000;

/// A job whose program is spoken to while it runs: its input stays open until a client ends it.
struct Interactive {
  std::optional<WindowSize> terminal;  ///< stdin, stdout and stderr are one terminal

  friend bool operator==(const Interactive&, const Interactive&) = default;
};

/// The signals that a client may send to its program, and their numbers.
inline constexpr std::array kSendableSignals{
    std::pair{std::string_view{"SIGHUP"}, 1},   std::pair{std::string_view{"SIGINT"}, 2},
    std::pair{std::string_view{"SIGQUIT"}, 3},  std::pair{std::string_view{"SIGUSR1"}, 10},
    std::pair{std::string_view{"SIGUSR2"}, 12}, std::pair{std::string_view{"SIGTERM"}, 15}};

}  // namespace cex
