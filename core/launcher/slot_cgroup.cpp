// SPDX-License-Identifier: Apache-2.0
#include "core/launcher/slot_cgroup.hpp"

#include <time.h>

#include <cstdint>
#include <initializer_list>

#include "core/launcher/cgroup_file.hpp"
#include "core/launcher/raw.hpp"

namespace cex::launcher {
namespace {

using wire::Stage;

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20U;
// What may stay charged to a v1 group between jobs: the slot's own few pages and per-CPU batches.
constexpr std::uint64_t kMemorySlack = 4 * kMiB;
constexpr std::uint64_t kPeriodUs = 100'000;
constexpr std::uint64_t kStepBack = 10;  // times less CPU than others, while they want it
constexpr int kRounds = 400;             // of kPause: two seconds
constexpr timespec kPause{0, 5'000'000};

void pause_briefly() {
  raw::call(SYS_nanosleep, &kPause, nullptr);
}

int open_wo(int dir, const char* name) {
  return raw::openat(dir, name, O_WRONLY | O_CLOEXEC);
}

// Once, for a file that no job changes. True too where the kernel has no such file and need not
// have.
bool set_once(int dir, const char* name, const char* value, bool needed) {
  const int fd = open_wo(dir, name);
  if (fd < 0) return !needed && errno == ENOENT;
  const bool written = write_text(fd, value);
  const int saved = errno;
  raw::close(fd);
  errno = saved;
  return written;
}

// Memory that memory.max does not count, or that would leave the machine's memory unseen.
struct OtherMemory {
  const char* file;
  int index;
};
constexpr OtherMemory kOtherMemory[] = {{"memory.swap.max", 44},      {"memory.zswap.max", 45},
                                        {"hugetlb.2MB.max", 46},      {"hugetlb.1GB.max", 47},
                                        {"hugetlb.2MB.rsvd.max", 48}, {"hugetlb.1GB.rsvd.max", 49}};

}  // namespace

void SlotCgroup::leaf_name(char* out) const {
  *out++ = 's';
  out += raw::decimal(slot_, out);
  if (is_v1()) return;
  *out++ = '-';
  raw::decimal(generation_, out);
}

wire::Report SlotCgroup::open() {
  if (!is_v1()) return {};
  char name[64];
  leaf_name(name);
  int dirs[wire::kControllers];
  for (std::uint32_t i = 0; i < wire::kControllers; ++i) {
    if (raw::mkdirat(settings_.instance_dir[i], name, 0755) != 0 && errno != EEXIST) {
      return failed(Stage::cgroup, static_cast<int>(i));
    }
    dirs[i] = raw::openat(settings_.instance_dir[i], name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dirs[i] < 0) return failed(Stage::cgroup, 10 + static_cast<int>(i));
  }
  if (!open_v1(dirs[wire::kMemory], dirs[wire::kPids], dirs[wire::kCpu], dirs[wire::kCpuacct])) {
    return failed(Stage::cgroup, 20);
  }
  for (int round = 0; round < kRounds && read_number(pids_current_) > 0; ++round) {
    kill_listed(procs_, 0);
    pause_briefly();
  }
  // A former slot's limits must not hold us up while we move in.
  if (!lift_memory()) return failed(Stage::cgroup, 21);
  if (!write_text(pids_max_, "max") || !write_cpu(settings_.configure.cpus * 1000)) {
    return failed(Stage::cgroup, 22);
  }
  for (std::uint32_t i = 0; i < wire::kControllers; ++i) {
    const int procs = open_wo(dirs[i], "cgroup.procs");
    const bool moved = procs >= 0 && write_text(procs, "0");
    if (!moved) return failed(Stage::cgroup, 30 + static_cast<int>(i));
    raw::close(procs);
    raw::close(dirs[i]);
  }
  return {};
}

bool SlotCgroup::open_files(const File* files, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    int& fd = *files[i].fd;
    fd = raw::openat(files[i].folder, files[i].name, files[i].flags | O_CLOEXEC);
    // One that the kernel at hand does not let be written can still be read.
    if (fd < 0 && !files[i].needed) {
      fd = raw::openat(files[i].folder, files[i].name, O_RDONLY | O_CLOEXEC);
    }
    if (fd < 0 && files[i].needed) return false;
  }
  return true;
}

bool SlotCgroup::open_v1(int memory, int pids, int cpu, int cpuacct) {
  const File files[] = {
      {&memory_max_, memory, "memory.limit_in_bytes", O_RDWR, true},
      {&memory_swap_max_, memory, "memory.memsw.limit_in_bytes", O_RDWR, false},
      {&memory_peak_, memory, "memory.max_usage_in_bytes", O_RDWR, true},
      {&memory_current_, memory, "memory.usage_in_bytes", O_RDONLY, true},
      {&memory_stat_, memory, "memory.stat", O_RDONLY, true},
      {&memory_events_, memory, "memory.oom_control", O_RDONLY, true},
      {&pids_max_, pids, "pids.max", O_RDWR, true},
      {&pids_events_, pids, "pids.events", O_RDONLY, true},
      {&pids_current_, pids, "pids.current", O_RDONLY, true},
      {&procs_, pids, "cgroup.procs", O_RDONLY, true},
      {&cpu_max_, cpu, "cpu.cfs_quota_us", O_RDWR, true},
      {&cpu_weight_, cpu, "cpu.shares", O_RDWR, true},
      {&cpu_usage_, cpuacct, "cpuacct.usage", O_RDONLY, true},
  };
  return open_files(files, sizeof(files) / sizeof(files[0]));
}

bool SlotCgroup::open_v2(int leaf) {
  const File files[] = {
      {&memory_max_, leaf, "memory.max", O_RDWR, true},
      {&memory_peak_, leaf, "memory.peak", O_RDWR, false},  // Linux 5.19; 6.12 to write
      {&memory_current_, leaf, "memory.current", O_RDONLY, true},
      {&memory_events_, leaf, "memory.events", O_RDONLY, true},
      {&pids_max_, leaf, "pids.max", O_RDWR, true},
      {&pids_events_, leaf, "pids.events", O_RDONLY, true},
      {&cpu_max_, leaf, "cpu.max", O_RDWR, true},
      {&cpu_weight_, leaf, "cpu.weight", O_RDWR, true},
      {&cpu_usage_, leaf, "cpu.stat", O_RDONLY, true},
      {&procs_, leaf, "cgroup.events", O_RDONLY, true},
      {&kill_, leaf, "cgroup.kill", O_WRONLY, true},
  };
  return open_files(files, sizeof(files) / sizeof(files[0]));
}

void SlotCgroup::close_files() {
  for (int* fd : {&leaf_, &memory_max_, &memory_swap_max_, &memory_peak_, &memory_events_,
                  &memory_current_, &memory_stat_, &pids_max_, &pids_events_, &pids_current_,
                  &cpu_max_, &cpu_weight_, &cpu_usage_, &procs_, &kill_}) {
    raw::reset(*fd);
  }
}

wire::Report SlotCgroup::prepare_cell() {
  if (is_v1()) {
    // The cell before may have had few processes, no CPU, and memory that the kernel gives back
    // late; making one needs a little of all.
    const bool freed =
        lift_memory() && write_text(pids_max_, "max") && write_cpu(settings_.configure.cpus * 1000);
    return freed ? step_back(false) : failed(Stage::cgroup, 40);
  }
  if (is_none()) return {};
  const int instance = settings_.instance_dir[wire::kMemory];
  char name[64];
  // A number may be taken by a leaf that a killed launcher left behind: take the next.
  do {
    ++generation_;
    leaf_name(name);
  } while (raw::mkdirat(instance, name, 0755) != 0 && errno == EEXIST);
  leaf_ = raw::openat(instance, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (leaf_ < 0) return failed(Stage::cgroup, 41);
  if (!open_v2(leaf_)) return failed(Stage::cgroup, 42);
  if (!set_once(leaf_, "memory.oom.group", "1", true)) return failed(Stage::cgroup, 43);
  for (const OtherMemory& other : kOtherMemory) {
    if (!set_once(leaf_, other.file, "0", false)) return failed(Stage::cgroup, other.index);
  }
  return {};
}

bool SlotCgroup::write_memory(std::uint64_t bytes) {
  if (!is_v1()) return write_number(memory_max_, bytes);
  // The kernel wants limit <= limit with swap at every moment, so the order depends on the
  // direction.
  const bool raise = bytes > limit_ && limit_ != 0;
  const int first = raise && memory_swap_max_ >= 0 ? memory_swap_max_ : memory_max_;
  const int second = raise ? memory_max_ : memory_swap_max_;
  if (!write_number(first, bytes)) return false;
  if (second >= 0 && second != first && !write_number(second, bytes)) return false;
  limit_ = bytes;
  return true;
}

bool SlotCgroup::lift_memory() {
  limit_ = 0;
  return (memory_swap_max_ < 0 || write_text(memory_swap_max_, "-1")) &&
         write_text(memory_max_, "-1");
}

bool SlotCgroup::write_cpu(std::uint32_t cpus_milli) const {
  const bool whole = cpus_milli >= settings_.configure.cpus * 1000;
  const std::uint64_t quota = std::uint64_t{cpus_milli} * (kPeriodUs / 1000);
  if (is_v1()) return whole ? write_text(cpu_max_, "-1") : write_number(cpu_max_, quota);
  if (whole) return write_text(cpu_max_, "max");
  char text[64];
  std::size_t size = raw::decimal(quota, text);
  text[size++] = ' ';
  raw::decimal(kPeriodUs, text + size);
  return write_text(cpu_max_, text);
}

wire::Report SlotCgroup::apply(const wire::Run& run) {
  if (const wire::Report report = apply_again(run); !succeeded(report)) return report;
  if (!is_none()) memory_base_ = read_number(memory_current_);
  return {};
}

wire::Report SlotCgroup::apply_again(const wire::Run& run) {
  if (is_none()) return {};
  // v1: our own process and the box's init count too; v2: the init.
  const std::uint64_t others = is_v1() ? 2 : 1;
  if (!write_memory(run.memory_bytes + wire::kBoxOverhead)) return failed(Stage::limits, 1);
  if (!write_number(pids_max_, run.processes + others)) return failed(Stage::limits, 2);
  if (!write_cpu(run.cpus_milli)) return failed(Stage::limits, 3);
  const bool reset = memory_peak_ >= 0 && write_text(memory_peak_, "0");
  // Kernels before 6.12 cannot on v2, where the group is as new as its first program.
  if (is_v1() && !reset) return failed(Stage::limits, 4);
  cpu_base_ = cpu();
  oom_base_ = read_keyed(memory_events_, "oom_kill");
  pids_base_ = read_keyed(pids_events_, "max");
  return {};
}

wire::Report SlotCgroup::step_back(bool back) const {
  if (is_none()) return {};
  const std::uint64_t usual = is_v1() ? 1024 : 100;  // the kernel's own defaults
  const bool set = write_number(cpu_weight_, back ? usual / kStepBack : usual);
  return set ? wire::Report{} : failed(Stage::limits, 5);
}

// A program pays for the pages of files that it is the first to touch, as an interpreter's library
// after a quiet hour. Under a limit the kernel drops those; only files in memory stay.
std::uint64_t SlotCgroup::memory() const {
  if (is_none()) return 0;
  int stat = memory_stat_;
  if (!is_v1()) stat = raw::openat(leaf_, "memory.stat", O_RDONLY | O_CLOEXEC);
  const std::uint64_t files = read_keyed(stat, is_v1() ? "cache" : "file");
  const std::uint64_t kept = read_keyed(stat, "shmem");
  if (!is_v1()) raw::reset(stat);
  const std::uint64_t used = read_number(memory_current_);
  const std::uint64_t dropped = files > kept ? files - kept : 0;
  return used > dropped ? used - dropped : 0;
}

std::uint64_t SlotCgroup::cpu() const {
  return is_v1() ? read_number(cpu_usage_) : read_keyed(cpu_usage_, "usage_usec") * 1000;
}

void SlotCgroup::tell_base(wire::Started& started) const {
  started.cpu_ns = cpu_base_;
  started.oom_kills = oom_base_;
}

void SlotCgroup::read(wire::Exited& exited) const {
  if (is_none()) return;
  const std::uint64_t used = cpu();
  const std::uint64_t peak =
      memory_peak_ >= 0 ? read_number(memory_peak_) : read_number(memory_current_);
  exited.cpu_ns = used > cpu_base_ ? used - cpu_base_ : 0;
  exited.memory_peak = peak > memory_base_ ? peak - memory_base_ : 0;
  exited.oom_kills = read_keyed(memory_events_, "oom_kill") - oom_base_;
  exited.fork_refusals = read_keyed(pids_events_, "max") - pids_base_;
}

void SlotCgroup::kill() const {
  if (is_none()) return;
  // None of them can be answered for here: prove_empty() sees whether they took.
  static_cast<void>(write_cpu(settings_.configure.cpus * 1000));
  static_cast<void>(step_back(false));
  if (kill_ >= 0) static_cast<void>(write_text(kill_, "1"));
}

wire::Report SlotCgroup::prove_empty() {
  if (is_none()) return {};
  for (int round = 0;; ++round) {
    // v1: nobody but ourselves. Not counted in cgroup.procs, whose list the kernel keeps for a
    // second.
    const bool empty =
        is_v1() ? read_number(pids_current_) == 1 : read_keyed(procs_, "populated") == 0;
    if (empty) break;
    if (round == kRounds) {
      errno = EBUSY;
      return failed(Stage::clean_up, 1);
    }
    kill();
    pause_briefly();
  }
  if (is_v1()) return {};
  char name[64];
  leaf_name(name);
  close_files();
  for (int round = 0;; ++round) {
    if (raw::call(SYS_unlinkat, settings_.instance_dir[wire::kMemory], name, AT_REMOVEDIR) == 0) {
      return {};
    }
    if (errno != EBUSY || round == kRounds) return failed(Stage::clean_up, 2);
    pause_briefly();
  }
}

wire::Report SlotCgroup::prove_memory_returned() const {
  if (!is_v1()) return {};
  for (int round = 0;; ++round) {
    const std::uint64_t held = read_keyed(memory_stat_, "rss") + read_keyed(memory_stat_, "shmem");
    if (held <= kMemorySlack) return {};
    if (round == kRounds) {
      errno = EBUSY;
      return failed(Stage::clean_up, 3);
    }
    pause_briefly();
  }
}

}  // namespace cex::launcher
