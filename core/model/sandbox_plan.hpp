// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/model/destination.hpp"
#include "core/model/limits.hpp"

namespace cex {

/// Which of the two seccomp profiles a step runs under.
enum class Profile : std::uint8_t { run, compile };

/// Where a box with a network finds the proxy: 127.0.0.1 and this port.
inline constexpr std::uint16_t kProxyPort = 3128;

/// What will happen, decided: the core's answer to a plugin's proposal. A value; printed by
/// `cex plan`, hashed into the audit record, and turned into a box by core/sandbox.
struct SandboxPlan {
  std::string step;  ///< "g++", "run"
  Profile profile{Profile::run};
  std::vector<std::string> argv;  ///< argv[0] absolute
  std::vector<std::string> env;   ///< complete: "NAME=value"
  std::string cwd{"/box"};
  Limits limits;
  std::vector<Destination> network;  ///< what it may reach through the proxy; empty: nothing
  std::vector<std::string> outputs;  ///< globs below the work folder to carry over
  std::uint64_t max_output_files_bytes{std::uint64_t{64} << 20U};
  std::uint32_t max_output_files{1000};
  std::string hash;  ///< SHA-256 of the plan's canonical JSON without this field
};

}  // namespace cex
