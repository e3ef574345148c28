// SPDX-License-Identifier: Apache-2.0
#include "core/launcher/slot.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <time.h>

#include <cstdint>

#include "core/launcher/cell.hpp"
#include "core/launcher/channel.hpp"
#include "core/launcher/child.hpp"
#include "core/launcher/mounts.hpp"
#include "core/launcher/raw.hpp"
#include "core/launcher/slot_cgroup.hpp"
#include "core/launcher/slot_network.hpp"
#include "core/launcher/terminal.hpp"

namespace cex::launcher {
namespace {

using wire::Report;
using wire::Stage;
using wire::Type;

class Slot {
 public:
  Slot(const Settings& settings, std::uint32_t number, int socket)
      : settings_{settings},
        number_{number},
        socket_{socket},
        cgroup_{settings, number},
        network_{settings} {}

  [[noreturn]] void serve() {
    require(cgroup_.open());
    while (true) {
      require(cgroup_.prepare_cell());
      require(network_.provide());
      require(make_cell(settings_, number_, cgroup_.leaf(), cell_));
      announce();
      wire::Run run{};
      if (!await_run(run, false)) {
        // The init cannot end before it has a job, unless somebody outside kills it.
        errno = ECHILD;
        require(failed(Stage::clone_cell, 20));
      }
      wire::Exited exited = execute(run);
      send_or_leave(&exited, sizeof(exited));
      end_cell(cell_);
      require(cgroup_.prove_empty());
      say(Type::clean);
      await_release();
      require(cgroup_.prove_memory_returned());
    }
  }

 private:
  // The server is gone or talks nonsense: nothing of the cell may outlive us.
  [[noreturn]] void leave() {
    end_cell(cell_);
    static_cast<void>(cgroup_.prove_empty());  // there is nobody left to tell
    raw::exit(0);
  }

  void require(const Report& report) {
    if (succeeded(report)) return;
    Report last = report;
    last.header.type = Type::broken;
    send_message(socket_, &last, sizeof(last));
    leave();
  }

  void send_or_leave(const void* message, std::size_t size) {
    if (!send_message(socket_, message, size)) leave();
  }

  void say(Type type) {
    wire::Plain message{};
    message.header.type = type;
    send_or_leave(&message, sizeof(message));
  }

  void announce() {
    wire::Ready ready{};
    ready.header.type = Type::ready;
    ready.slot = number_;
    int fds[wire::kReadyFdsCgroup];
    std::uint32_t count = 0;
    for (; count < wire::kReadyFds; ++count) fds[count] = cell_.fds[count];
    if (cgroup_.cpu_file() >= 0) {
      fds[count++] = cgroup_.cpu_file();
      fds[count++] = cgroup_.memory_file();
    }
    if (!send_message(socket_, &ready, sizeof(ready), fds, count)) leave();
    // The work folder's descriptor stays until its size is set; the pipes' ends must not.
    for (std::uint32_t i = wire::kStdin; i < wire::kReadyFds; ++i) {
      raw::close(cell_.fds[i]);
      cell_.fds[i] = -1;
    }
  }

  // What the server wants of the cell, or of the program that waits in it. False: the box has
  // ended.
  bool await_run(wire::Run& run, bool booted) {
    while (true) {
      pollfd waits[2] = {{socket_, POLLIN, 0}, {cell_.init_socket, POLLIN, 0}};
      raw::call(SYS_poll, waits, 2L, -1L);
      if (waits[1].revents != 0) return false;
      if (waits[0].revents == 0) continue;
      const Incoming incoming = receive_message(socket_, &run, sizeof(run));
      if (incoming.size <= 0) leave();
      if (incoming.size == static_cast<long>(sizeof(wire::Plain)) &&
          run.header.type == Type::kill) {
        close_all(incoming);
        // Without a program it is one for the job before, that came late.
        if (booted) kill_cell();
        continue;
      }
      const Type other = booted ? Type::run : Type::boot;
      const bool expected = is(run, incoming.size, Type::run) || is(run, incoming.size, other);
      if (!expected || incoming.count != (booted ? 1U : 2U)) {
        close_all(incoming);
        errno = EBADMSG;
        require(failed(Stage::message, 3));
      }
      archive_ = incoming.fds[incoming.count - 1];
      if (!booted) image_ = incoming.fds[0];
      return true;
    }
  }

  wire::Exited execute(const wire::Run& run) {
    wire::Exited exited{};
    exited.header.type = Type::exited;
    exited.setup = run.header.type == Type::boot ? boot(run) : start(run, false);
    raw::reset(image_);
    raw::reset(archive_);
    if (succeeded(exited.setup)) {
      wire::Started started{};
      started.header.type = Type::started;
      started.at_ns = started_at_;
      cgroup_.tell_base(started);
      tell_started(started);
      watch(exited);
    }
    raw::reset(terminal_.outer);
    exited.wall_ns = raw::now_ns() - started_at_;
    cgroup_.read(exited);
    return exited;
  }

  void tell_started(const wire::Started& started) {
    int fds[2];
    std::uint32_t count = 0;
    if (listener_ >= 0) fds[count++] = listener_;
    if (terminal_.outer >= 0) fds[count++] = terminal_.outer;
    const bool told = send_message(socket_, &started, sizeof(started), fds, count);
    raw::reset(listener_);
    raw::reset(terminal_.outer);
    if (!told) leave();
  }

  Report set_disk(const wire::Run& run) {
    if (run.disk_bytes != kInitialDiskBytes || run.inodes != kInitialInodes) {
      if (resize_tmpfs(cell_.fds[wire::kBoxDir], run.disk_bytes, run.inodes) != 0) {
        return failed(Stage::limits, 10);
      }
    }
    raw::close(cell_.fds[wire::kBoxDir]);
    cell_.fds[wire::kBoxDir] = -1;
    return {};
  }

  Report start(const wire::Run& run, bool gated) {
    started_at_ = raw::now_ns();
    if (!gated) {
      if (Report report = set_disk(run); !succeeded(report)) return report;
    }
    if (Report report = cgroup_.apply(run); !succeeded(report)) return report;
    Go go{};
    go.header.type = Type::run;
    go.rlimits = run.rlimits;
    go.compile_profile = run.compile_profile;
    go.network_port = run.network_port;
    go.gated = gated ? 1 : 0;
    go.terminal = run.terminal.rows > 0 ? 1 : 0;
    if (go.terminal != 0) {
      if (Report report = open_terminal(run.terminal, settings_.job_uid(number_), terminal_);
          !succeeded(report)) {
        return report;
      }
    }
    const int fds[3] = {image_, archive_, terminal_.inner};
    started_at_ = raw::now_ns();
    const bool told = send_message(cell_.job_socket, &go, sizeof(go), fds, 2 + go.terminal);
    raw::reset(terminal_.inner);
    if (!told) return failed(Stage::message, 4);
    // Before anything of the job runs: whoever is at the other end is our own code, or dead.
    if (run.network_port != 0) return receive_descriptor(cell_, listener_);
    return {};
  }

  // Starts a program ahead of its job, and lets it go when there is one.
  Report boot(const wire::Run& ahead) {
    if (ahead.terminal.rows > 0) {
      errno = EBADMSG;
      return failed(Stage::gate, 21);
    }
    if (Report report = cgroup_.step_back(true); !succeeded(report)) return report;
    if (Report report = start(ahead, true); !succeeded(report)) return report;
    raw::reset(image_);
    raw::reset(archive_);
    if (Report report = await_gate(); !succeeded(report)) return report;
    if (Report report = cgroup_.step_back(false); !succeeded(report)) return report;
    wire::Booted booted{};
    booted.header.type = Type::booted;
    booted.memory_bytes = cgroup_.memory();
    send_or_leave(&booted, sizeof(booted));
    wire::Run run{};
    if (!await_run(run, true)) return ended_early();
    if (Report report = set_disk(run); !succeeded(report)) return report;
    if (Report report = cgroup_.apply_again(run); !succeeded(report)) return report;
    return open_gate();
  }

  static Report ended_early() {
    errno = ECHILD;
    return failed(Stage::gate, 20);
  }

  Report await_gate() {
    while (true) {
      pollfd waits[3] = {
          {socket_, POLLIN, 0}, {cell_.init_socket, POLLIN, 0}, {cell_.job_socket, POLLIN, 0}};
      raw::call(SYS_poll, waits, 3L, -1L);
      if (waits[0].revents != 0) obey();
      if (waits[2].revents != 0) {
        Report report{};
        const Incoming incoming = receive_message(cell_.job_socket, &report, sizeof(report));
        close_all(incoming);
        if (is(report, incoming.size, Type::ready)) return {};
        return is(report, incoming.size, Type::broken) ? report : ended_early();
      }
      if (waits[1].revents != 0) return ended_early();
    }
  }

  // The job's files first; then, once the writer is gone from the box, the program may go on.
  Report open_gate() {
    Go go{};
    go.header.type = Type::run;
    started_at_ = raw::now_ns();
    if (!send_message(cell_.job_socket, &go, sizeof(go), &archive_, 1)) return ended_early();
    int gate = -1;
    if (Report report = receive_descriptor(cell_, gate); !succeeded(report)) return report;
    InitReport report{};
    const Incoming incoming = receive_message(cell_.init_socket, &report, sizeof(report));
    const bool gone = is(report, incoming.size, Type::ready);
    raw::close(gate);
    return gone ? Report{} : ended_early();
  }

  void kill_cell() {
    cgroup_.kill();
    if (cell_.init_pid > 0) raw::call(SYS_kill, cell_.init_pid, SIGKILL);
  }

  /// What the server may say while something runs, or just after.
  union Wish {
    wire::Plain plain;
    wire::Signal signal;
    Wish() : signal{} {}
  };

  long hear(Wish& wish) {
    const Incoming incoming = receive_message(socket_, &wish, sizeof(wish));
    close_all(incoming);
    if (incoming.size <= 0) leave();
    return incoming.size;
  }

  void obey() {
    Wish wish;
    const long size = hear(wish);
    if (is(wish.plain, size, Type::kill)) kill_cell();
    // A process that has just ended is no trouble, nor is one that ignores it.
    if (is(wish.signal, size, Type::signal) && wire::is_sendable(wish.signal.number)) {
      raw::call(SYS_pidfd_send_signal, cell_.main_process, wish.signal.number, nullptr, 0L);
    }
  }

  // Until the init reports the end of the main process, or is gone because somebody killed the
  // cell.
  void watch(wire::Exited& exited) {
    while (true) {
      pollfd waits[2] = {{socket_, POLLIN, 0}, {cell_.init_socket, POLLIN, 0}};
      raw::call(SYS_poll, waits, 2L, -1L);
      if (waits[1].revents != 0) {
        InitReport report{};
        const Incoming incoming = receive_message(cell_.init_socket, &report, sizeof(report));
        if (is(report, incoming.size, Type::ready)) continue;  // of some orphan
        return conclude(exited, is(report, incoming.size, Type::exited) ? &report : nullptr);
      }
      if (waits[0].revents != 0) obey();
    }
  }

  void conclude(wire::Exited& exited, const InitReport* report) {
    if (report == nullptr) {
      exited.killed = 1;
      return;
    }
    exited.setup = report->setup;
    exited.wait_status = report->wait_status;
    exited.cpu_ns = report->cpu_ns;
    exited.memory_peak = report->memory_peak;
    // A process that could not become the program has left its reason; one that did has closed the
    // socket with exec.
    Report from_job{};
    const Incoming last = receive_message(cell_.job_socket, &from_job, sizeof(from_job));
    if (is(from_job, last.size, Type::broken)) exited.setup = from_job;
  }

  void await_release() {
    while (true) {
      Wish wish;
      const long size = hear(wish);
      if (is(wish.plain, size, Type::release)) return;
    }
  }

  const Settings& settings_;
  std::uint32_t number_;
  int socket_;
  SlotCgroup cgroup_;
  SlotNetwork network_;
  Cell cell_{};
  int image_{-1};
  int archive_{-1};
  int listener_{-1};
  Terminal terminal_;
  std::uint64_t started_at_{0};
};

}  // namespace

void run_slot(const Settings& settings, std::uint32_t slot, int socket) {
  if (raw::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) raw::exit(1);
  // Our parent may have died before the line above.
  if (raw::call(SYS_getppid) != settings.launcher_pid) raw::exit(1);
  Slot{settings, slot, socket}.serve();
}

}  // namespace cex::launcher
