// SPDX-License-Identifier: Apache-2.0
#include "core/launcher/writer.hpp"

#include <sched.h>
#include <signal.h>

#include <initializer_list>

#include "core/launcher/archive.hpp"
#include "core/launcher/channel.hpp"
#include "core/launcher/child.hpp"
#include "core/launcher/raw.hpp"

namespace cex::launcher {
namespace {

using wire::Report;
using wire::Stage;

constexpr long kOutOfTheWay = 16;  // the first number that nothing else of a box wants

/// The writer's own descriptors, and it has no others.
enum Kept : int { kSocket = 0, kReady, kGo, kKept };

[[noreturn]] void leave(Report last, int fd = -1) {
  last.header.type = succeeded(last) ? wire::Type::ready : wire::Type::broken;
  send_message(kSocket, &last, sizeof(last), &fd, fd < 0 ? 0 : 1);
  raw::exit(0);
}

// False: it ended, or closed its end, without a word.
bool is_at_its_gate() {
  char word = 0;
  long got = 0;
  do {
    got = raw::call(SYS_read, static_cast<long>(kReady), &word, 1L);
  } while (got < 0 && errno == EINTR);
  return got == 1;
}

[[noreturn]] void write_when_told() {
  if (!is_at_its_gate()) {
    errno = EPIPE;
    leave(failed(Stage::gate, 12));
  }
  Report ready{};
  ready.header.type = wire::Type::ready;
  if (!send_message(kSocket, &ready, sizeof(ready))) raw::exit(1);
  Go go{};
  const Incoming incoming = receive_message(kSocket, &go, sizeof(go));
  if (incoming.size == 0) raw::exit(0);  // the slot ends without having needed us
  if (!is(go, incoming.size, wire::Type::run) || incoming.count != 1) {
    errno = EBADMSG;
    leave(failed(Stage::gate, 13));
  }
  const Report written = unpack(incoming.fds[0], Existing::filled_if_empty);
  leave(written, succeeded(written) ? kGo : -1);
}

bool move_away(int& fd) {
  const long moved = raw::call(SYS_fcntl, fd, static_cast<long>(F_DUPFD_CLOEXEC), kOutOfTheWay);
  if (moved < 0) return false;
  raw::close(fd);
  fd = static_cast<int>(moved);
  return true;
}

bool keep_only(const int (&fds)[kKept]) {
  for (int i = 0; i < kKept; ++i) {
    if (raw::call(SYS_dup3, fds[i], i, static_cast<long>(O_CLOEXEC)) != i) return false;
  }
  return raw::call(SYS_close_range, static_cast<long>(kKept), 0xffffffffL, 0L) == 0;
}

}  // namespace

Report leave_writer(int& job_socket, GatePipes& gate) {
  int go[2];
  int ready[2];
  if (raw::call(SYS_pipe2, go, static_cast<long>(O_CLOEXEC)) != 0 ||
      raw::call(SYS_pipe2, ready, static_cast<long>(O_CLOEXEC)) != 0) {
    return failed(Stage::gate, 1);
  }
  for (int* const fd : {&go[0], &go[1], &ready[0], &ready[1], &job_socket}) {
    if (!move_away(*fd)) return failed(Stage::gate, 2);
  }
  // A child of the box's init, so that the program will not find one of its own that it never made.
  const long pid = raw::call(SYS_clone, static_cast<long>(CLONE_PARENT | SIGCHLD), nullptr, nullptr,
                             nullptr, nullptr);
  if (pid < 0) return failed(Stage::gate, 3);
  if (pid == 0) {
    if (!keep_only({job_socket, ready[0], go[1]})) raw::exit(1);
    write_when_told();
  }
  raw::close(go[1]);
  raw::close(ready[0]);
  gate = {go[0], ready[1]};
  return {};
}

Report pass_gate(const GatePipes& gate) {
  if (raw::call(SYS_dup3, gate.go, wire::kGateGoFd, 0L) != wire::kGateGoFd ||
      raw::call(SYS_dup3, gate.ready, wire::kGateReadyFd, 0L) != wire::kGateReadyFd) {
    return failed(Stage::gate, 4);
  }
  return {};
}

}  // namespace cex::launcher
