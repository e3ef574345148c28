// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/config/config_loader.hpp"

namespace cex::server {

inline constexpr int kExitOk = 0;
inline constexpr int kExitFailure = 1;
inline constexpr int kExitUsage = 64;   ///< EX_USAGE
inline constexpr int kExitAgain = 75;   ///< EX_TEMPFAIL: only a new start helps
inline constexpr int kExitConfig = 78;  ///< EX_CONFIG

enum class Task : std::uint8_t { serve, check };

/// What the command line asked for.
struct Options {
  Task task{Task::serve};
  config::LoadOptions load;
};

/// What to print and return instead of starting.
struct Farewell {
  int exit_code{kExitOk};
  std::string out;  ///< for stdout
  std::string err;  ///< for stderr
};

/// Pure but for the environment.
[[nodiscard]] std::variant<Options, Farewell> parse_command_line(int argc, const char* const* argv);

}  // namespace cex::server
