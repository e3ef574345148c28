// SPDX-License-Identifier: Apache-2.0

// cex-launcher: the only part of Code Executor that may hold privileges. Exec'd by the server
// before that has threads or has read a byte from a socket, with an empty environment and one
// control socket; understands the fixed messages of wire.hpp and nothing else. Single-threaded, no
// heap after start.

#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include <cstdint>

#include "core/launcher/channel.hpp"
#include "core/launcher/parse.hpp"
#include "core/launcher/privileges.hpp"
#include "core/launcher/raw.hpp"
#include "core/launcher/settings.hpp"
#include "core/launcher/slot.hpp"
#include "core/launcher/template_root.hpp"

namespace cex::raw {

std::uint64_t now_ns() {
  timespec time{};
  call(SYS_clock_gettime, static_cast<long>(CLOCK_MONOTONIC), &time);
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000U +
         static_cast<std::uint64_t>(time.tv_nsec);
}

}  // namespace cex::raw

namespace cex::launcher {
namespace {

using wire::Report;
using wire::Stage;
using wire::Type;

Settings g_settings;
int g_slot_pids[wire::kMaxSlots];

// The payload comes from our own server, before it had read a byte from anybody; it is checked all
// the same, since a check is cheaper than an argument.
Report map_payload(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0 || status.st_size <= 0) return failed(Stage::message, 10);
  const auto size = static_cast<std::uint64_t>(status.st_size);
  void* at = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
  if (at == MAP_FAILED) return failed(Stage::message, 11);
  g_settings.payload = static_cast<const unsigned char*>(at);
  if (payload_is_sound(g_settings.payload, size)) return {};
  errno = EBADMSG;
  return failed(Stage::message, 12);
}

Report configure(const wire::Configure& message, const Incoming& incoming) {
  g_settings.configure = message;
  g_settings.launcher_pid = raw::call(SYS_getpid);
  const std::uint32_t hierarchies = g_settings.hierarchies();
  if (incoming.count != 1 + 2 * hierarchies || message.slots > wire::kMaxSlots ||
      message.instance[sizeof(message.instance) - 1] != '\0') {
    errno = EBADMSG;
    return failed(Stage::message, 13);
  }
  for (std::uint32_t i = 0; i < hierarchies; ++i) {
    g_settings.instance_dir[i] = incoming.fds[1 + 2 * i];
    g_settings.parent_dir[i] = incoming.fds[2 + 2 * i];
  }
  if (const Report report = map_payload(incoming.fds[0]); !succeeded(report)) return report;
  raw::close(incoming.fds[0]);
  if (const Report report = take_privileges(g_settings); !succeeded(report)) return report;
  g_settings.proc_dir = raw::openat(AT_FDCWD, "/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
  return enter_template_root(g_settings);
}

void reap(int options) {
  while (true) {
    const long pid = raw::call(SYS_wait4, -1L, nullptr, static_cast<long>(options), nullptr);
    if (pid <= 0) return;
    for (int& known : g_slot_pids) {
      if (known == pid) known = 0;
    }
  }
}

void open_slot(const wire::OpenSlot& message, int socket) {
  reap(WNOHANG);
  if (message.slot >= g_settings.configure.slots || g_slot_pids[message.slot] != 0) return;
  const long pid = raw::call(SYS_fork);
  if (pid == 0) {
    raw::close(wire::kControlFd);
    run_slot(g_settings, message.slot, socket);
  }
  if (pid > 0) g_slot_pids[message.slot] = static_cast<int>(pid);
  // A failed fork shows as end-of-file on the slot's socket, like a slot that died.
}

void remove_cgroups() {
  for (std::uint32_t i = 0; i < g_settings.hierarchies(); ++i) {
    if (g_settings.configure.cgroup == wire::CgroupKind::v1) {
      for (std::uint32_t slot = 0; slot < g_settings.configure.slots; ++slot) {
        char name[32] = {'s'};
        raw::decimal(slot, name + 1);
        raw::call(SYS_unlinkat, g_settings.instance_dir[i], name, static_cast<long>(AT_REMOVEDIR));
      }
    }
    // Fails while another launcher of the same server still has slots; the last one succeeds.
    raw::call(SYS_unlinkat, g_settings.parent_dir[i], g_settings.configure.instance,
              static_cast<long>(AT_REMOVEDIR));
  }
}

// The server has closed its end: slots see the same on theirs and end; whoever does not is ended.
[[noreturn]] void leave() {
  constexpr timespec kPause{0, 10'000'000};
  for (int round = 0; round < 300; ++round) {
    reap(WNOHANG);
    bool any = false;
    for (const int pid : g_slot_pids) any = any || pid != 0;
    if (!any) break;
    raw::call(SYS_nanosleep, &kPause, nullptr);
  }
  for (const int pid : g_slot_pids) {
    if (pid != 0) raw::call(SYS_kill, static_cast<long>(pid), static_cast<long>(SIGKILL));
  }
  reap(0);
  remove_cgroups();
  raw::exit(0);
}

[[noreturn]] void serve() {
  union {
    wire::Header header;
    wire::Configure configure;
    wire::OpenSlot open_slot;
  } message{};
  bool configured = false;
  while (true) {
    const Incoming incoming = receive_message(wire::kControlFd, &message, sizeof(message));
    if (incoming.size <= 0) leave();
    if (!configured && is(message.configure, incoming.size, Type::configure)) {
      Report report = configure(message.configure, incoming);
      report.header.type = Type::configured;
      configured = succeeded(report);
      send_message(wire::kControlFd, &report, sizeof(report));
      if (!configured) leave();
    } else if (configured && is(message.open_slot, incoming.size, Type::open_slot) &&
               incoming.count == 1) {
      open_slot(message.open_slot, incoming.fds[0]);
      raw::close(incoming.fds[0]);
    } else {
      leave();  // nobody but a broken or taken-over server says anything else
    }
  }
}

}  // namespace
}  // namespace cex::launcher

int main() {
  using cex::raw::call;
  // Whatever the parent left open beyond stdio and the control socket is none of our business.
  call(SYS_close_range, 4L, 0xffffffffL, 0L);
  ::signal(SIGPIPE, SIG_IGN);
  // A terminal's ctrl-C and hang-up are the server's to handle; we go when its socket does.
  ::signal(SIGINT, SIG_IGN);
  ::signal(SIGHUP, SIG_IGN);
  ::signal(SIGTERM, SIG_IGN);
  call(SYS_setsid);
  cex::launcher::serve();
}
