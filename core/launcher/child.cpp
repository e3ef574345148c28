// SPDX-License-Identifier: Apache-2.0
#include "core/launcher/child.hpp"

#include <linux/close_range.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <cstdint>

#include "core/launcher/archive.hpp"
#include "core/launcher/channel.hpp"
#include "core/launcher/filter.hpp"
#include "core/launcher/parse.hpp"
#include "core/launcher/privileges.hpp"
#include "core/launcher/raw.hpp"
#include "core/launcher/writer.hpp"

namespace cex::launcher {
namespace {

using wire::Report;
using wire::Stage;

constexpr long kBacklog = 64;

struct Pipes {
  int in[2];
  int out[2];
  int err[2];
};

[[noreturn]] void give_up(int job_socket, Report why) {
  why.header.type = wire::Type::broken;
  send_message(job_socket, &why, sizeof(why));
  raw::exit(127);
}

void check(int job_socket, const Report& report) {
  if (!succeeded(report)) give_up(job_socket, report);
}

// Nothing of the slot's: neither its sockets nor the cgroup folders. 0 to 2 stay until the pipes
// take their place, so that the pipes get other numbers.
Report drop_inherited(int keep) {
  if (raw::call(SYS_close_range, 3L, static_cast<long>(keep) - 1, 0L) != 0 ||
      raw::call(SYS_close_range, static_cast<long>(keep) + 1, 0xffffffffL, 0L) != 0) {
    return failed(Stage::descriptors, 20);
  }
  return {};
}

// The job is to be the first to go when memory runs out, never the init or the launcher.
Report offer_to_oom_killer() {
  // A process that is not dumpable does not own its files in /proc; it stops being so below.
  if (raw::prctl(PR_SET_DUMPABLE, 1) != 0) return failed(Stage::credentials, 29);
  const int fd = raw::openat(AT_FDCWD, "/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (fd < 0) return failed(Stage::credentials, 30);
  const bool written = raw::write(fd, "1000", 4) == 4;
  const Report report = written ? Report{} : failed(Stage::credentials, 31);
  raw::close(fd);
  return report;
}

Report reset_signals() {
  for (int number = 1; number <= 64; ++number) {
    if (number == SIGKILL || number == SIGSTOP) continue;
    // The kernel's struct sigaction: all zero means default action, no flags, empty mask.
    unsigned long action[4]{};
    if (raw::call(SYS_rt_sigaction, number, action, nullptr, 8L) != 0 && errno != EINVAL) {
      return failed(Stage::credentials, 40);
    }
  }
  unsigned long none = 0;
  if (raw::call(SYS_rt_sigprocmask, static_cast<long>(SIG_SETMASK), &none, nullptr, 8L) != 0) {
    return failed(Stage::credentials, 41);
  }
  return {};
}

// Made by the job's own id, so that programs may open /dev/stdin and /dev/stdout again.
Report make_pipes(Pipes& pipes) {
  int* const all[] = {pipes.in, pipes.out, pipes.err};
  for (int i = 0; i < 3; ++i) {
    if (raw::call(SYS_pipe2, all[i], static_cast<long>(O_CLOEXEC)) != 0) {
      return failed(Stage::pipes, i);
    }
  }
  return {};
}

Report announce(int job_socket, const Pipes& pipes) {
  const int box = raw::openat(AT_FDCWD, "/box", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (box < 0) return failed(Stage::cwd, 1);
  const int self = static_cast<int>(raw::call(SYS_pidfd_open, raw::call(SYS_getpid), 0L));
  if (self < 0) return failed(Stage::descriptors, 40);
  const int fds[wire::kJobFds + 1] = {box, pipes.in[1], pipes.out[0], pipes.err[0], self};
  Report ready{};
  ready.header.type = wire::Type::ready;
  if (!send_message(job_socket, &ready, sizeof(ready), fds, wire::kJobFds + 1)) {
    return failed(Stage::pipes, 10);
  }
  for (const int fd : fds) raw::close(fd);
  return {};
}

Report limit(int resource, std::uint64_t value, int index) {
  const rlimit64 both{value, value};
  if (raw::call(SYS_prlimit64, 0L, static_cast<long>(resource), &both, nullptr) != 0) {
    return failed(Stage::rlimits, index);
  }
  return {};
}

Report set_rlimits(const wire::Rlimits& wanted) {
  struct Entry {
    int resource;
    std::uint64_t value;
  };
  // CORE is 1, not 0: only that value keeps a piped core handler of the host from being started.
  const Entry entries[] = {
      {RLIMIT_CORE, 1},
      {RLIMIT_CPU, wanted.cpu_s},
      {RLIMIT_STACK, wanted.stack},
      {RLIMIT_FSIZE, wanted.file_size},
      {RLIMIT_NOFILE, wanted.open_files},
      {RLIMIT_NPROC, wanted.processes},
      {RLIMIT_MEMLOCK, 64 << 10U},
      {RLIMIT_MSGQUEUE, 64 << 10U},
      {RLIMIT_SIGPENDING, 256},
      {RLIMIT_RTPRIO, 0},
      {RLIMIT_NICE, 0},
  };
  int index = 0;
  for (const Entry& entry : entries) {
    if (const Report report = limit(entry.resource, entry.value, index++); !succeeded(report)) {
      return report;
    }
  }
  return {};
}

// Static, since the job's stack is small and there is no heap; written once, by the job's process.
Command g_command;

Report prepare(int image_fd, int archive_fd) {
  std::uint64_t size = 0;
  const unsigned char* image = map_file(image_fd, size);
  if (image == nullptr || !read_image(image, size, g_command)) return failed(Stage::message, 2);
  if (const Report report = unpack(archive_fd, Existing::refused); !succeeded(report))
    return report;
  if (raw::call(SYS_chdir, g_command.cwd) != 0) return failed(Stage::cwd, 3);
  return {};
}

// The one way out of a box with a network: a socket of the box's own namespace, bound here before
// the program can, and served by the other end. Without SO_REUSEPORT nobody can join it.
Report listen_for_proxy(int job_socket, std::uint32_t port) {
  if (port == 0 || port > 0xffff) {
    errno = EINVAL;
    return failed(Stage::network, 1);
  }
  const int listener = static_cast<int>(
      raw::call(SYS_socket, AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0L));
  if (listener < 0) return failed(Stage::network, 2);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = static_cast<in_port_t>((port >> 8U) | ((port & 0xffU) << 8U));
  // 127.0.0.1 in network byte order; this code runs on x86-64 only.
  address.sin_addr.s_addr = 0x0100007fU;
  if (raw::call(SYS_bind, listener, &address, sizeof(address)) != 0) {
    return failed(Stage::network, 3);
  }
  if (raw::call(SYS_listen, listener, kBacklog) != 0) return failed(Stage::network, 4);
  Report ready{};
  ready.header.type = wire::Type::ready;
  if (!send_message(job_socket, &ready, sizeof(ready), &listener, 1)) {
    return failed(Stage::network, 5);
  }
  raw::close(listener);
  return {};
}

// The filter refuses the ioctl that takes a terminal over; a session's leader without one gets it
// by opening it. That way it is this session's alone, and the keys of its line make signals.
Report take_terminal(int fd, Pipes& pipes) {
  char path[48] = "/proc/self/fd/";
  raw::decimal(static_cast<std::uint64_t>(fd), path + raw::length(path));
  const int terminal = raw::openat(AT_FDCWD, path, O_RDWR | O_CLOEXEC);
  if (terminal < 0) return failed(Stage::terminal, 20);
  int session = 0;
  if (raw::call(SYS_ioctl, terminal, static_cast<unsigned long>(TIOCGSID), &session) != 0 ||
      session != raw::call(SYS_getpid)) {
    return failed(Stage::terminal, 21);
  }
  pipes.in[0] = pipes.out[1] = pipes.err[1] = terminal;
  return {};
}

Report arrange_descriptors(const Pipes& pipes) {
  const int ends[3] = {pipes.in[0], pipes.out[1], pipes.err[1]};
  for (int i = 0; i < 3; ++i) {
    if (raw::call(SYS_dup3, ends[i], i, 0L) != i) return failed(Stage::descriptors, i);
  }
  // Everything else, known or not, closes with exec; until then job_socket can carry a failure.
  if (raw::call(SYS_close_range, 3L, 0xffffffffL, static_cast<long>(CLOSE_RANGE_CLOEXEC)) != 0) {
    return failed(Stage::descriptors, 10);
  }
  return {};
}

}  // namespace

void run_job(const Settings& settings, std::uint32_t slot, int job_socket) {
  if (raw::call(SYS_setsid) < 0) give_up(job_socket, failed(Stage::credentials, 50));
  check(job_socket, drop_inherited(job_socket));
  raw::call(SYS_umask, 022L);
  check(job_socket, offer_to_oom_killer());
  check(job_socket, reset_signals());
  check(job_socket, give_up_privileges(settings, settings.job_uid(slot)));
  Pipes pipes{};
  check(job_socket, make_pipes(pipes));
  check(job_socket, announce(job_socket, pipes));

  Go go{};
  const Incoming incoming = receive_message(job_socket, &go, sizeof(go));
  if (incoming.size == 0) raw::exit(0);  // the slot ends without having needed us
  if (!is(go, incoming.size, wire::Type::run) || incoming.count != (go.terminal != 0 ? 3U : 2U)) {
    errno = EBADMSG;
    give_up(job_socket, failed(Stage::message, 1));
  }
  if (go.network_port != 0) check(job_socket, listen_for_proxy(job_socket, go.network_port));
  if (go.terminal != 0) check(job_socket, take_terminal(incoming.fds[2], pipes));
  check(job_socket, prepare(incoming.fds[0], incoming.fds[1]));
  GatePipes gate;
  if (go.gated != 0) check(job_socket, leave_writer(job_socket, gate));
  check(job_socket, arrange_descriptors(pipes));
  if (go.gated != 0) check(job_socket, pass_gate(gate));
  if (go.compile_profile != 0) check(job_socket, install_compile_filter(settings));
  check(job_socket, set_rlimits(go.rlimits));
  raw::call(SYS_execve, g_command.argv[0], g_command.argv, g_command.envp);
  give_up(job_socket, failed(Stage::exec));
}

}  // namespace cex::launcher
