// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

/// What server and launcher say to each other: fixed structs over SOCK_SEQPACKET, one message each,
/// descriptors beside them. No pointers, no strings but those in sealed memfds, native byte order
/// (both ends are built together and the launcher refuses another version).
namespace cex::wire {

constexpr std::uint32_t kMagic = 0x31584543;  // "CEX1"
constexpr std::uint32_t kVersion = 2;
constexpr int kControlFd = 3;  ///< where cex-launcher finds its end of the control socket

constexpr std::uint32_t kMaxSlots = 256;
constexpr std::uint32_t kMaxMounts = 4096;  ///< records in one payload
/// The box's init, its page tables and namespaces live in the job's group; the job should get the
/// memory that it was promised.
constexpr std::uint64_t kBoxOverhead = std::uint64_t{2} << 20U;
constexpr std::uint32_t kMaxFds = 12;  ///< beside one message

enum class Type : std::uint32_t {
  configure = 1,  ///< server -> launcher, once
  configured,     ///< launcher -> server: Report
  open_slot,      ///< server -> launcher: OpenSlot and the slot's socket
  ready,          ///< slot -> server: Ready and the cell's descriptors
  run,            ///< server -> slot: Run and the image
  kill,           ///< server -> slot: end the cell now
  started,        ///< slot -> server: Started; the job's clocks run from here
  exited,         ///< slot -> server: Exited
  clean,          ///< slot -> server: every process of the cell is gone, its cgroup empty
  release,        ///< server -> slot: the work folder's descriptor is closed
  broken,         ///< slot -> server: Report; the slot is of no use any more
  map_ids,        ///< launcher -> server: Plain; in a user namespace that has no ids yet
  ids_mapped,     ///< server -> launcher: Plain; the ids of Configure exist in it now
  boot,           ///< server -> slot: Run and the image; a program to start ahead of its job
  booted,         ///< slot -> server: Booted; it waits at its gate for the job, a Run without image
  signal,         ///< server -> slot: Signal; for the main process, while it runs
};

/// Where in the set-up something failed; tells an operator which line of the box to look at.
enum class Stage : std::uint32_t {
  none = 0,
  message,     ///< a malformed or unexpected message
  privileges,  ///< capabilities, securebits, user namespace
  template_root,
  cgroup,
  clone_cell,
  cell_tmpfs,
  cell_proc,
  loopback,
  credentials,
  pipes,
  seccomp,
  limits,
  rlimits,
  files,
  cwd,
  descriptors,
  exec,
  clean_up,
  network,
  gate,  ///< of a program started ahead of its job
  terminal,
};

struct Header {
  std::uint32_t magic{kMagic};
  std::uint32_t version{kVersion};
  Type type{};
  std::uint32_t reserved{0};
};

/// The launcher's fixed record of a failure: no text, no allocation.
struct Report {
  Header header;
  Stage stage{Stage::none};
  std::int32_t index{0};  ///< which mount, which file, which cgroup file
  std::int32_t sys_errno{0};
  std::uint32_t reserved{0};
};

enum class CgroupKind : std::uint32_t { none = 0, v1 = 1, v2 = 2 };

/// v1 hierarchies, in the order of their descriptors in Configure. On v2 only the first is sent.
enum Controller : std::uint32_t { kMemory = 0, kPids, kCpu, kCpuacct, kControllers };

/// Descriptors: [0] payload memfd; then per hierarchy the instance's folder and the folder that
/// holds it (to remove the instance at the end). v1: 4 pairs, v2: 1 pair, none: 0.
struct Configure {
  Header header;
  CgroupKind cgroup{CgroupKind::none};
  std::uint32_t rootless{0};
  std::uint32_t slots{0};
  std::uint32_t uid_base{0};
  std::uint32_t outer_uid{0};  ///< rootless: the launcher's own id outside
  std::uint32_t outer_gid{0};
  std::uint32_t cpus{1};           ///< of the machine; a quota of as many is no quota
  std::uint32_t own_ids{0};        ///< each slot has ids of its own: root mode, or a mapped range
  std::uint32_t fresh_network{0};  ///< never keep a slot's network namespace for its next cell
  std::uint32_t reserved{0};
  char instance[64]{};  ///< name of the instance's folder, NUL-terminated
};

/// The payload memfd starts with this; offsets count from its start, strings end in NUL.
struct Payload {
  std::uint32_t magic{kMagic};
  std::uint32_t size{0};
  std::uint32_t mount_count{0};
  std::uint32_t mounts_at{0};      ///< MountRecord[mount_count]
  std::uint32_t run_filter_at{0};  ///< sock_filter[run_filter_count]
  std::uint32_t run_filter_count{0};
  std::uint32_t compile_filter_at{0};  ///< stacked on top of the run filter for compile steps
  std::uint32_t compile_filter_count{0};
};

enum class MountKind : std::uint32_t {
  folder = 1,  ///< make a folder
  read_only,   ///< recursive bind, read-only, nosuid, nodev
  device,      ///< bind of one device node: read-write, nosuid, noexec
  file,        ///< a file with `data`
  link,        ///< a symbolic link to `source`
  data,        ///< like read_only, and nothing in it can be executed
};

struct MountRecord {
  MountKind kind{};
  std::uint32_t source_at{0};  ///< host path, or a link's target
  std::uint32_t target_at{0};  ///< relative to the new root
  std::uint32_t data_at{0};
  std::uint32_t data_size{0};
};

struct OpenSlot {
  Header header;
  std::uint32_t slot{0};
  std::uint32_t reserved{0};
};

/// Descriptors beside Ready, in this order.
enum ReadyFd : std::uint32_t {
  kBoxDir = 0,           ///< O_PATH of the work folder
  kStdin,                ///< write end
  kStdout,               ///< read end
  kStderr,               ///< read end
  kJobFds,               ///< the job's process hands out those above
  kInit = kJobFds,       ///< pidfd of the init: readable once nothing of the cell lives
  kReadyFds,             ///< without cgroups; with them the following two as well
  kCpuFile = kReadyFds,  ///< v1 cpuacct.usage, v2 cpu.stat
  kMemoryFile,           ///< v1 memory.oom_control, v2 memory.events
  kReadyFdsCgroup,
};

struct Ready {
  Header header;
  std::uint32_t slot{0};
  std::uint32_t reserved{0};
};

struct Rlimits {
  std::uint64_t cpu_s{0};
  std::uint64_t stack{0};
  std::uint64_t file_size{0};
  std::uint64_t open_files{0};
  std::uint64_t processes{0};
};

/// Where a program that is started ahead finds its ends of the two pipes of its gate: it says by a
/// byte that it is ready, and goes on at end-of-file of the other.
constexpr int kGateGoFd = 3;
constexpr int kGateReadyFd = 4;

/// The size of a terminal's window; zero rows: no terminal.
struct Window {
  std::uint16_t rows{0};
  std::uint16_t cols{0};
};

/// Descriptors: [0] image memfd, [1] archive memfd of files. To a program that waits at its gate:
/// the archive alone, and never a terminal, since its pipes are what it was started with.
struct Run {
  Header header;
  std::uint64_t memory_bytes{0};
  std::uint64_t disk_bytes{0};
  std::uint64_t inodes{0};
  std::uint32_t processes{0};
  std::uint32_t cpus_milli{0};
  std::uint32_t compile_profile{0};
  std::uint32_t network_port{
      0};           ///< of the box's loopback, where a proxy is to listen; 0: no network
  Window terminal;  ///< stdin, stdout and stderr are one, of the box's own
  std::uint32_t reserved{0};
  Rlimits rlimits;
};

struct Booted {
  Header header;
  std::uint64_t memory_bytes{0};  ///< what its group holds by now, clean pages of files left out
};

/// Where the job's clock and counters start, so that the limits which the server holds and the
/// usage which the slot reports are measured from the same point. Both sides read CLOCK_MONOTONIC.
/// Descriptors: of a run with a network the socket that listens inside the box; then, of one with a
/// terminal, its outer end.
struct Started {
  Header header;
  std::uint64_t at_ns{0};
  std::uint64_t cpu_ns{0};     ///< the group's CPU time so far; v1 groups count on from job to job
  std::uint64_t oom_kills{0};  ///< the group's counter so far
};

struct Exited {
  Header header;
  Report setup;  ///< stage none: the program was started
  std::int32_t wait_status{0};
  std::uint32_t killed{0};  ///< by Kill, or by something outside; wait_status is void then
  std::uint64_t wall_ns{0};
  std::uint64_t cpu_ns{0};
  std::uint64_t memory_peak{0};
  std::uint64_t oom_kills{0};
  std::uint64_t fork_refusals{0};
};

struct Plain {
  Header header;
};

/// What a client may send to a program; SIGKILL is not among them, for that is an end of the job.
struct Signal {
  Header header;
  std::int32_t number{0};
  std::uint32_t reserved{0};
};
/// SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGTERM.
constexpr std::int32_t kSignals[] = {1, 2, 3, 10, 12, 15};
constexpr bool is_sendable(std::int32_t number) {
  for (const std::int32_t known : kSignals) {
    if (known == number) return true;
  }
  return false;
}

/// Image: what one step executes. Strings follow the header, each ending in NUL: cwd, then argc
/// arguments, then envc variables. Read by the box's own process after it gave up every right.
struct Image {
  std::uint32_t magic{kMagic};
  std::uint32_t size{0};
  std::uint32_t argc{0};
  std::uint32_t envc{0};
};
constexpr std::uint32_t kMaxStrings = 2048;  ///< argc + envc

/// Archive: files to write below the work folder. Entry: ArchiveEntry, path with NUL, content; each
/// entry starts at a multiple of 8. Folders come before what they hold.
struct Archive {
  std::uint32_t magic{kMagic};
  std::uint32_t count{0};
  std::uint64_t size{0};
};
struct ArchiveEntry {
  std::uint32_t mode{0};       ///< 0644 or 0755; with kFolder a folder
  std::uint32_t path_size{0};  ///< with the NUL
  std::uint64_t content_size{0};
};
constexpr std::uint32_t kFolder = 0x80000000U;

/// Rootless with a mapped range: the launcher's own id in its user namespace, behind those of the
/// slots.
constexpr std::uint32_t launcher_id(const Configure& configure) {
  return configure.uid_base + 2 * configure.slots;
}

constexpr std::uint64_t align8(std::uint64_t at) {
  return (at + 7U) & ~std::uint64_t{7};
}

}  // namespace cex::wire
