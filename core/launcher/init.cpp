// SPDX-License-Identifier: Apache-2.0
#include "core/launcher/init.hpp"

#include <linux/mount.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <cstdint>

#include "core/launcher/cell.hpp"
#include "core/launcher/channel.hpp"
#include "core/launcher/child.hpp"
#include "core/launcher/filter.hpp"
#include "core/launcher/mounts.hpp"
#include "core/launcher/privileges.hpp"
#include "core/launcher/raw.hpp"
#include "core/launcher/template_root.hpp"

namespace cex::launcher {
namespace {

using wire::Report;
using wire::Stage;

// Where the box's tmpfs is mounted for a moment; the template root has the folder.
constexpr const char* kScratch = "/.cell";

// Makes the three writable folders as the job, so that no right to change owners is needed.
bool make_folders(int root, std::uint32_t uid) {
  raw::call(SYS_setfsgid, uid);
  raw::call(SYS_setfsuid, uid);
  const bool made = raw::mkdirat(root, "work", 0755) == 0 && raw::mkdirat(root, "tmp", 0755) == 0 &&
                    raw::mkdirat(root, "shm", 0755) == 0;
  const int saved = errno;
  const bool sticky = raw::call(SYS_fchmodat, root, "tmp", 01777L) == 0 &&
                      raw::call(SYS_fchmodat, root, "shm", 01777L) == 0;
  raw::call(SYS_setfsuid, raw::call(SYS_geteuid));
  raw::call(SYS_setfsgid, raw::call(SYS_getegid));
  if (!made) errno = saved;
  return made && sticky;
}

// One tmpfs, hence one budget of bytes and inodes, seen in three places.
Report mount_writable(std::uint32_t uid) {
  const int context = static_cast<int>(raw::call(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC));
  if (context < 0) return failed(Stage::cell_tmpfs, 1);
  if (!set_number(context, "size", kInitialDiskBytes) ||
      !set_number(context, "nr_inodes", kInitialInodes) || !set_number(context, "uid", uid) ||
      !set_number(context, "gid", uid) || !set_option(context, "mode", "0755")) {
    return failed(Stage::cell_tmpfs, 2);
  }
  const int mount = finish_mount(context, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
  if (mount < 0) return failed(Stage::cell_tmpfs, 3);
  if (!make_folders(mount, uid)) return failed(Stage::cell_tmpfs, 4);
  if (move_mount_to(mount, AT_FDCWD, kScratch) != 0) return failed(Stage::cell_tmpfs, 5);

  struct Place {
    const char* from;
    const char* to;
    std::uint64_t flags;
  };
  constexpr std::uint64_t kPlain = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
  // Programs may be run from the work folder and from nowhere else that can be written.
  const Place places[] = {{"/.cell/work", "/box", kPlain},
                          {"/.cell/tmp", "/tmp", kPlain | MOUNT_ATTR_NOEXEC},
                          {"/.cell/shm", "/dev/shm", kPlain | MOUNT_ATTR_NOEXEC}};
  int index = 10;
  for (const Place& place : places) {
    const int tree = open_tree(AT_FDCWD, place.from, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    if (tree < 0 || set_mount_flags(tree, place.flags, 0) != 0 ||
        move_mount_to(tree, AT_FDCWD, place.to) != 0) {
      return failed(Stage::cell_tmpfs, index);
    }
    raw::close(tree);
    ++index;
  }
  if (raw::call(SYS_umount2, kScratch, static_cast<long>(MNT_DETACH)) != 0) {
    return failed(Stage::cell_tmpfs, 20);
  }
  raw::close(mount);
  raw::close(context);
  return {};
}

// Only processes, only the job's own: /proc/sys, kcore, keys and the like do not exist in it.
Report mount_proc(bool rootless) {
  const int context = static_cast<int>(raw::call(SYS_fsopen, "proc", FSOPEN_CLOEXEC));
  if (context < 0) return failed(Stage::cell_proc, 1);
  if (!set_option(context, "subset", "pid") || !set_option(context, "hidepid", "invisible")) {
    return failed(Stage::cell_proc, 2);
  }
  const int mount = finish_mount(context, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
  if (mount < 0) return failed(Stage::cell_proc, 3);
  if (move_mount_to(mount, AT_FDCWD, "/proc") != 0) return failed(Stage::cell_proc, 4);
  if (rootless && raw::call(SYS_umount2, kHostProc, static_cast<long>(MNT_DETACH)) != 0) {
    return failed(Stage::cell_proc, 5);
  }
  raw::close(mount);
  raw::close(context);
  return {};
}

Report make_box(const Settings& settings, std::uint32_t slot) {
  if (raw::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return failed(Stage::clone_cell, 10);
  // A process group from outside would let kill(0, ...) reach outside processes.
  if (raw::call(SYS_setsid) < 0) return failed(Stage::clone_cell, 11);
  // After entering the group, so that the namespace is rooted at it.
  if (raw::call(SYS_unshare, static_cast<unsigned long>(CLONE_NEWCGROUP)) != 0) {
    return failed(Stage::clone_cell, 12);
  }
  if (Report report = mount_writable(settings.job_uid(slot)); !succeeded(report)) return report;
  return mount_proc(settings.configure.rootless != 0);
}

[[noreturn]] void give_up(int init_socket, const Report& why) {
  InitReport report{};
  report.header.type = wire::Type::exited;
  report.setup = why;
  send_message(init_socket, &report, sizeof(report));
  raw::exit(1);
}

std::uint64_t nanoseconds(const timeval& time) {
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000U +
         static_cast<std::uint64_t>(time.tv_usec) * 1000U;
}

// Reaps whatever becomes an orphan in the box until the main process ends.
[[noreturn]] void wait_for(long job, int init_socket) {
  bool reaped = false;
  while (true) {
    InitReport report{};
    const long ended = raw::call(SYS_wait4, -1L, &report.wait_status, 0L, nullptr);
    if (ended < 0 && errno == EINTR) continue;
    if (ended < 0) raw::exit(1);
    if (ended != job) {
      // Told once, lest a job flood the slot with news of its orphans.
      report.header.type = wire::Type::ready;
      if (!reaped) send_message(init_socket, &report, sizeof(report));
      reaped = true;
      continue;
    }
    rusage usage{};
    raw::call(SYS_getrusage, static_cast<long>(RUSAGE_CHILDREN), &usage);
    report.cpu_ns = nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime);
    report.memory_peak = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024U;
    report.header.type = wire::Type::exited;
    send_message(init_socket, &report, sizeof(report));
    // The kernel kills whatever the job left behind.
    raw::exit(0);
  }
}

}  // namespace

void run_init(const Settings& settings, std::uint32_t slot, int init_socket, int job_socket) {
  if (const Report report = make_box(settings, slot); !succeeded(report)) {
    give_up(init_socket, report);
  }
  // Once for both: the job's process inherits it.
  if (const Report report = install_run_filter(settings); !succeeded(report)) {
    give_up(init_socket, report);
  }
  const long job = raw::call(SYS_clone, static_cast<unsigned long>(SIGCHLD), 0L, 0L, 0L, 0L);
  if (job == 0) {
    raw::close(init_socket);
    run_job(settings, slot, job_socket);
  }
  if (job < 0) give_up(init_socket, failed(Stage::clone_cell, 13));
  // The init keeps its one socket, nothing of the slot's and nothing of the job's.
  raw::call(SYS_close_range, 0L, static_cast<long>(init_socket) - 1, 0L);
  raw::call(SYS_close_range, static_cast<long>(init_socket) + 1, 0xffffffffL, 0L);

  Report report = give_up_privileges(settings, settings.init_uid(slot));
  // The kernel clears the death signal when ids change.
  if (succeeded(report) && raw::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) {
    report = failed(Stage::credentials, 20);
  }
  if (!succeeded(report)) give_up(init_socket, report);
  wait_for(job, init_socket);
}

}  // namespace cex::launcher
