// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/launcher/settings.hpp"

namespace cex::launcher {

/// The ends that the program itself gets; beyond the numbers that others want.
struct GatePipes {
  int go{-1};
  int ready{-1};
};

/// For a program that is started ahead of its job: what will be done in its box between then and
/// its go is done by another process, the writer, cloned here with the job's own id and filter. It
/// waits until the program has said that it is at its gate, tells the slot, receives the job's
/// files, writes them, hands the gate's other end to the slot and is gone before the program goes
/// on. Also moves `job_socket` out of the way.
[[nodiscard]] wire::Report leave_writer(int& job_socket, GatePipes& gate);

/// Puts the program's ends where it looks for them; they stay open over exec.
[[nodiscard]] wire::Report pass_gate(const GatePipes& gate);

}  // namespace cex::launcher
