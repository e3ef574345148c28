// SPDX-License-Identifier: Apache-2.0
#include "core/launcher/cell.hpp"

#include <linux/sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <cstdint>

#include "core/launcher/channel.hpp"
#include "core/launcher/init.hpp"
#include "core/launcher/raw.hpp"

namespace cex::launcher {
namespace {

using wire::Stage;

bool make_pair(int pair[2]) {
  return raw::call(SYS_socketpair, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0L, pair) == 0;
}

long clone_init(int leaf, int& pidfd) {
  clone_args args{};
  args.flags = CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWNS | CLONE_PIDFD;
  args.pidfd = reinterpret_cast<std::uint64_t>(&pidfd);
  args.exit_signal = SIGCHLD;
  if (leaf >= 0) {
    // Born in its cgroup: no moment without limits, and no attach that waits for RCU.
    args.flags |= CLONE_INTO_CGROUP;
    args.cgroup = static_cast<std::uint64_t>(leaf);
  }
  return raw::call(SYS_clone3, &args, sizeof(args));
}

// The job's process says that it is ready with the cell's descriptors, or somebody says why not.
wire::Report await_ready(Cell& cell) {
  wire::Report report{};
  const Incoming incoming = receive_message(cell.job_socket, &report, sizeof(report));
  if (is(report, incoming.size, wire::Type::ready) && incoming.count == wire::kJobFds + 1) {
    for (std::uint32_t i = 0; i < wire::kJobFds; ++i) cell.fds[i] = incoming.fds[i];
    cell.main_process = incoming.fds[wire::kJobFds];
    return {};
  }
  close_all(incoming);
  if (is(report, incoming.size, wire::Type::broken)) return report;
  // The job's process never came to life; its init knows why.
  InitReport from_init{};
  const Incoming last = receive_message(cell.init_socket, &from_init, sizeof(from_init));
  if (last.size == static_cast<long>(sizeof(from_init)) && from_init.setup.stage != Stage::none) {
    return from_init.setup;
  }
  errno = ECHILD;
  return failed(Stage::clone_cell, 3);
}

}  // namespace

wire::Report make_cell(const Settings& settings, std::uint32_t slot, int leaf, Cell& cell) {
  int init_pair[2];
  int job_pair[2];
  if (!make_pair(init_pair)) return failed(Stage::clone_cell, 1);
  if (!make_pair(job_pair)) {
    const wire::Report report = failed(Stage::clone_cell, 1);
    raw::close(init_pair[0]);
    raw::close(init_pair[1]);
    return report;
  }
  const long pid = clone_init(leaf, cell.fds[wire::kInit]);
  if (pid == 0) {
    raw::close(init_pair[0]);
    raw::close(job_pair[0]);
    run_init(settings, slot, init_pair[1], job_pair[1]);
  }
  const wire::Report cloned = pid < 0 ? failed(Stage::clone_cell, 2) : wire::Report{};
  raw::close(init_pair[1]);
  raw::close(job_pair[1]);
  cell.init_socket = init_pair[0];
  cell.job_socket = job_pair[0];
  cell.init_pid = static_cast<int>(pid);
  const wire::Report ready = succeeded(cloned) ? await_ready(cell) : cloned;
  if (!succeeded(ready)) end_cell(cell);
  return ready;
}

wire::Report receive_descriptor(const Cell& cell, int& fd) {
  wire::Report report{};
  const Incoming incoming = receive_message(cell.job_socket, &report, sizeof(report));
  if (is(report, incoming.size, wire::Type::ready) && incoming.count == 1) {
    fd = incoming.fds[0];
    return {};
  }
  close_all(incoming);
  if (is(report, incoming.size, wire::Type::broken)) return report;
  errno = ECHILD;
  return failed(Stage::descriptors, 30);
}

void end_cell(Cell& cell) {
  if (cell.init_pid > 0) {
    raw::call(SYS_kill, cell.init_pid, SIGKILL);
    // Returns only when the kernel has reaped the whole pid namespace.
    while (raw::call(SYS_wait4, cell.init_pid, nullptr, 0L, nullptr) < 0 && errno == EINTR) {
    }
    cell.init_pid = -1;
  }
  raw::reset(cell.init_socket);
  raw::reset(cell.job_socket);
  raw::reset(cell.main_process);
  close_cell_fds(cell);
}

void close_cell_fds(Cell& cell) {
  for (int& fd : cell.fds) raw::reset(fd);
}

}  // namespace cex::launcher
