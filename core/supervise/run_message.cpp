// SPDX-License-Identifier: Apache-2.0
#include "core/supervise/run_message.hpp"

#include <algorithm>
#include <cstdint>

namespace cex::supervise {
namespace {

constexpr std::uint64_t kBytesPerInode = 4096;
constexpr std::uint64_t kMinInodes = 1024;
constexpr std::uint32_t kProcessHeadroom = 64;

}  // namespace

wire::Run to_run(const SandboxPlan& plan) {
  const Limits& limits = plan.limits;
  wire::Run run{};
  run.header.type = wire::Type::run;
  run.memory_bytes = limits.memory_bytes;
  run.disk_bytes = limits.disk_bytes;
  run.inodes = std::max(kMinInodes, limits.disk_bytes / kBytesPerInode);
  run.processes = limits.processes;
  run.cpus_milli = limits.cpus_milli;
  run.compile_profile = plan.profile == Profile::compile ? 1 : 0;
  run.network_port = plan.network.empty() ? 0 : kProxyPort;
  if (plan.terminal) run.terminal = {plan.terminal->rows, plan.terminal->cols};
  // A belt: the supervisor's own clock is the one that counts, and it must come first.
  run.rlimits.cpu_s = static_cast<std::uint64_t>(limits.cpu.count()) / 1000 + 2;
  run.rlimits.stack = limits.stack_bytes;
  run.rlimits.file_size = limits.file_size_bytes;
  run.rlimits.open_files = limits.open_files;
  // Also a belt: the cgroup has to refuse first, for its counter is what tells a process limit from
  // other trouble.
  run.rlimits.processes = limits.processes + kProcessHeadroom;
  return run;
}

}  // namespace cex::supervise
