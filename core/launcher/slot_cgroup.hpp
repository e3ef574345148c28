// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/launcher/settings.hpp"

namespace cex::launcher {

/// The cgroups of one slot. v1: the slot's process moves into one group a controller once, so that
/// all it clones is born there and no attach is ever waited for; counters are reset between jobs.
/// v2: a fresh leaf for every cell, entered by clone3(CLONE_INTO_CGROUP), removed before the slot
/// is free.
class SlotCgroup {
 public:
  SlotCgroup(const Settings& settings, std::uint32_t slot) : settings_{settings}, slot_{slot} {}

  /// Once, at the slot's start. Kills and waits out what a slot of this number left behind.
  [[nodiscard]] wire::Report open();
  /// Before each cell. `leaf()` is the descriptor for clone3 afterwards, -1 if none is used.
  [[nodiscard]] wire::Report prepare_cell();
  [[nodiscard]] int leaf() const { return leaf_; }

  /// The job's limits, before its first instruction; also takes the counters' base.
  [[nodiscard]] wire::Report apply(const wire::Run& run);
  /// Limits of a job that takes over what runs here already. Time and refusals count from now on,
  /// memory as before: what the program holds is the job's.
  [[nodiscard]] wire::Report apply_again(const wire::Run& run);
  /// Others' steps go before, or no longer: for work that nobody waits for.
  [[nodiscard]] wire::Report step_back(bool back) const;
  /// What the group holds and the kernel cannot take back.
  [[nodiscard]] std::uint64_t memory() const;
  /// The counters' base that apply() took.
  void tell_base(wire::Started& started) const;
  /// Counters since apply().
  void read(wire::Exited& exited) const;
  /// A throttled group dies slowly, so its quota is lifted, then v2 kills the leaf as a whole.
  void kill() const;
  /// Proves that nothing of the cell lives, and removes the leaf. Waits up to two seconds.
  [[nodiscard]] wire::Report prove_empty();
  /// v1: after the work folder is gone too, the group's memory must be back near its base.
  [[nodiscard]] wire::Report prove_memory_returned() const;

  [[nodiscard]] int cpu_file() const { return cpu_usage_; }
  [[nodiscard]] int memory_file() const { return memory_events_; }

 private:
  [[nodiscard]] bool is_v1() const { return settings_.configure.cgroup == wire::CgroupKind::v1; }
  [[nodiscard]] bool is_none() const {
    return settings_.configure.cgroup == wire::CgroupKind::none;
  }
  /// One kept descriptor: which file of which folder it is.
  struct File {
    int* fd;
    int folder;
    const char* name;
    int flags;
    bool needed;  ///< else the kernel may lack it
  };
  [[nodiscard]] static bool open_files(const File* files, std::size_t count);
  [[nodiscard]] bool open_v1(int memory, int pids, int cpu, int cpuacct);
  [[nodiscard]] bool open_v2(int leaf);
  [[nodiscard]] bool lift_memory();
  [[nodiscard]] std::uint64_t cpu() const;  ///< nanoseconds
  [[nodiscard]] bool write_memory(std::uint64_t bytes);
  [[nodiscard]] bool write_cpu(std::uint32_t cpus_milli) const;
  void close_files();
  void leaf_name(char* out) const;

  const Settings& settings_;
  std::uint32_t slot_;
  std::uint32_t generation_{0};
  int leaf_{-1};  // v2: the leaf's folder
  int memory_max_{-1};
  int memory_swap_max_{-1};  // v1
  int memory_peak_{-1};
  int memory_events_{-1};
  int memory_current_{-1};
  int memory_stat_{-1};
  int pids_max_{-1};
  int pids_events_{-1};
  int pids_current_{-1};  // v1
  int cpu_max_{-1};
  int cpu_weight_{-1};
  int cpu_usage_{-1};
  int procs_{-1};           // v1 cgroup.procs, v2 cgroup.events
  int kill_{-1};            // v2 cgroup.kill
  std::uint64_t limit_{0};  // v1: the memory limit in force, 0 = none
  std::uint64_t memory_base_{0};
  std::uint64_t cpu_base_{0};
  std::uint64_t oom_base_{0};
  std::uint64_t pids_base_{0};
};

}  // namespace cex::launcher
