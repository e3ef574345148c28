// SPDX-License-Identifier: Apache-2.0
#include "core/plugins/worker_process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>

#include "core/base/socket_pair.hpp"
#include "core/base/spawn_actions.hpp"

namespace cex::plugins {
namespace {

using plugin_host::kLeashFd;
using plugin_host::kObjectFd;
using plugin_host::kSocketFd;

// Above the numbers that the new process is to have, so that none overwrites another.
Result<UniqueFd> out_of_the_way(int fd) {
  UniqueFd copy{::fcntl(fd, F_DUPFD_CLOEXEC, kLeashFd + 1)};
  if (!copy) return fail_errno("F_DUPFD_CLOEXEC");
  return copy;
}

Result<pid_t> spawn(const std::string& program, int socket, int object, int leash) {
  SpawnActions actions;
  for (const int fd : {0, 1, 2}) {
    ::posix_spawn_file_actions_addopen(actions.get(), fd, "/dev/null",
                                       fd == 0 ? O_RDONLY : O_WRONLY, 0);
  }
  ::posix_spawn_file_actions_adddup2(actions.get(), socket, kSocketFd);
  ::posix_spawn_file_actions_adddup2(actions.get(), object, kObjectFd);
  ::posix_spawn_file_actions_adddup2(actions.get(), leash, kLeashFd);
  std::string name = "cex-plugin-host";
  char* argv[] = {name.data(), nullptr};
  char* envp[] = {nullptr};
  pid_t pid = -1;
  const int error = ::posix_spawn(&pid, program.c_str(), actions.get(), nullptr, argv, envp);
  if (error != 0) return fail_errno("start " + program, error);
  return pid;
}

}  // namespace

Result<WorkerProcess> WorkerProcess::start(const std::string& program, int object) {
  CEX_TRY(SocketPair talk, make_socket_pair(SOCK_STREAM));
  CEX_TRY(SocketPair leash, make_socket_pair(SOCK_STREAM));
  CEX_TRY(const UniqueFd their_talk, out_of_the_way(talk.theirs.get()));
  CEX_TRY(const UniqueFd their_leash, out_of_the_way(leash.theirs.get()));
  CEX_TRY(const UniqueFd their_object, out_of_the_way(object));
  CEX_TRY(const pid_t pid, spawn(program, their_talk.get(), their_object.get(), their_leash.get()));
  UniqueFd process{static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))};
  if (!process) {
    auto error = fail_errno("pidfd_open");
    ::kill(pid, SIGKILL);
    return error;
  }
  return WorkerProcess{std::move(talk.ours), std::move(leash.ours), std::move(process)};
}

WorkerProcess::WorkerProcess(WorkerProcess&& other) noexcept
    : socket_{std::move(other.socket_)},
      leash_{std::move(other.leash_)},
      process_{std::move(other.process_)} {}

WorkerProcess::~WorkerProcess() {
  if (process_) static_cast<void>(end());
}

bool WorkerProcess::send(plugin_host::Frame type, std::string_view payload,
                         plugin_host::Deadline deadline) {
  return plugin_host::send_all(plugin_host::Sender::server, socket_.get(),
                               plugin_host::make_frame(type, payload), deadline);
}

bool WorkerProcess::receive(plugin_host::ReceivedFrame& frame, plugin_host::Deadline deadline) {
  return plugin_host::receive_frame(socket_.get(), frame, deadline);
}

std::string WorkerProcess::end() {
  socket_.reset();
  ::syscall(SYS_pidfd_send_signal, process_.get(), SIGKILL, nullptr, 0);
  siginfo_t info{};
  int waited = 0;
  do {
    waited =
        ::waitid(static_cast<idtype_t>(P_PIDFD), static_cast<id_t>(process_.get()), &info, WEXITED);
  } while (waited != 0 && errno == EINTR);
  process_.reset();
  // Whoever reaps what dead launchers leave may have been quicker.
  if (waited != 0) return "its process ended";
  if (info.si_code == CLD_EXITED) {
    return "its process exited with status " + std::to_string(info.si_status);
  }
  if (info.si_status == SIGSYS) return "it made a system call that plugins may not make";
  if (info.si_status == SIGKILL) return "it was ended";
  return std::string{"its process died: "} + ::strsignal(info.si_status);
}

}  // namespace cex::plugins
