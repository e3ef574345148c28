// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/model/destination.hpp"
#include "core/model/file_set.hpp"
#include "core/model/interactive.hpp"
#include "core/model/limits.hpp"

namespace cex {

/// Which of the two seccomp profiles a step runs under.
enum class Profile : std::uint8_t { run, compile };

/// Where a box with a network finds the proxy: 127.0.0.1 and this port.
inline constexpr std::uint16_t kProxyPort = 3128;

/// How a step's program can be started before there is a job for it: the same program, that waits
/// at its gate (see cex_preboot in plugin_abi.h) and then goes on as if it had just been started.
struct Preboot {
  std::vector<std::string> argv;
  std::vector<std::string> env;  ///< complete
  FileSet files;                 ///< in its box until then, and no others
};

/// What will happen, decided: the core's answer to a plugin's proposal. A value; printed by
/// `cex plan`, hashed into the audit record, and turned into a box by core/sandbox.
struct SandboxPlan {
  std::string step;  ///< "g++", "run"
  Profile profile{Profile::run};
  std::vector<std::string> argv;  ///< argv[0] absolute
  std::vector<std::string> env;   ///< complete: "NAME=value"
  std::string cwd{"/box"};
  Limits limits;
  std::vector<Destination> network;    ///< what it may reach through the proxy; empty: nothing
  std::optional<WindowSize> terminal;  ///< its stdin, stdout and stderr; else they are pipes
  std::vector<std::string> outputs;    ///< globs below the work folder to carry over
  FileSet files;                       ///< the plugin's own, besides those of the job
  std::vector<std::string> layers;     ///< ids of layers that it uses, or would if they were there
  bool repeatable{false};              ///< what it makes depends on nothing but what is in its box
  bool attempt{false};  ///< a quicker way to what the steps without this mark make; may fail
  /// Of an attempt: it counts if it exits by itself and none of these is in what it prints. Empty:
  /// if it exits with 0 and prints nothing.
  std::vector<std::string> unless;
  std::optional<Preboot> preboot;
  std::uint64_t max_output_files_bytes{std::uint64_t{64} << 20U};
  std::uint32_t max_output_files{1000};
  std::string hash;  ///< SHA-256 of the plan's canonical JSON without this field
};

}  // namespace cex
