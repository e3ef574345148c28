// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>

namespace cex::supervise {

/// Reads a running job's counters from its cgroup's files, by descriptor; v1 or v2, told apart by
/// what they hold. Without cgroups (fd -1) everything is zero.
class Accounting {
 public:
  /// The base is what the counters said when the job started: v1 groups count on from job to job.
  Accounting(int cpu_file, int memory_file, std::chrono::nanoseconds cpu_base,
             std::uint64_t oom_base);

  [[nodiscard]] std::chrono::nanoseconds cpu() const;
  /// The kernel has killed something of the job for want of memory.
  [[nodiscard]] bool out_of_memory() const;

 private:
  int cpu_file_;
  int memory_file_;
  std::chrono::nanoseconds cpu_base_;
  std::uint64_t oom_base_;
};

}  // namespace cex::supervise
