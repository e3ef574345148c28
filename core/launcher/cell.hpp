// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "core/launcher/settings.hpp"

namespace cex::launcher {

/// One single-use box, made ahead: an init (pid 1 of fresh pid, ipc and mount namespaces)
/// and the job's process, which has given up every right and waits for its orders.
struct Cell {
  int init_pid{-1};
  int init_socket{-1};   ///< the init's one message: InitReport
  int main_process{-1};  ///< pidfd of the job's process: a signal to it never meets another
  int job_socket{-1};  ///< orders to the job's process, its failures back; end-of-file once it runs
  int fds[wire::kReadyFds]{-1, -1, -1, -1, -1};  ///< for the server, in the order of wire::ReadyFd
};

/// What the init says when the main process has ended.
struct InitReport {
  wire::Header header;
  wire::Report setup;  ///< of a cell that could not be made; stage none otherwise
  // Type `exited`, or `ready` for the first process that the init reaped for another: the writer,
  // where there was one.
  std::int32_t wait_status{0};
  std::uint32_t reserved{0};
  std::uint64_t cpu_ns{0};       ///< from rusage, for hosts without cgroups
  std::uint64_t memory_peak{0};  ///< the same
};

/// Budget of the box's file system before a job says otherwise.
constexpr std::uint64_t kInitialDiskBytes = std::uint64_t{64} << 20U;
constexpr std::uint64_t kInitialInodes = 16384;

/// Makes a cell, in `leaf` if that is a descriptor. On failure nothing of it is left.
[[nodiscard]] wire::Report make_cell(const Settings& settings, std::uint32_t slot, int leaf,
                                     Cell& cell);

/// Waits for the descriptor that the job's process hands out: the socket that listens in the box,
/// the other end of a gate. On success `fd` is the caller's to close.
[[nodiscard]] wire::Report receive_descriptor(const Cell& cell, int& fd);

/// Kills the init, and with it every process of the cell; returns when all are gone.
void end_cell(Cell& cell);

/// Closes this process's copies of the descriptors that the server got.
void close_cell_fds(Cell& cell);

}  // namespace cex::launcher
