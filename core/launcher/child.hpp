// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "core/launcher/settings.hpp"

namespace cex::launcher {

/// Orders to the job's process: a Run's rlimits and profile; beside it the image, the archive and,
/// where there is one, the terminal.
struct Go {
  wire::Header header;
  wire::Rlimits rlimits;
  std::uint32_t compile_profile{0};
  std::uint32_t network_port{0};
  std::uint32_t gated{0};     ///< start it ahead of its job: see writer.hpp
  std::uint32_t terminal{0};  ///< the third descriptor is to be stdin, stdout and stderr
};

/// Body of the job's process: gives up every right, makes its pipes, reports ready, waits for Go,
/// listens for a proxy if there is a network, writes the job's files, becomes the program. Reads
/// like a table of contents of what a box is. Never returns; failures go to `job_socket` as a
/// Report.
[[noreturn]] void run_job(const Settings& settings, std::uint32_t slot, int job_socket);

}  // namespace cex::launcher
