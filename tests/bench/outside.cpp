// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/outside.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace cex::bench {
namespace {

using Clock = std::chrono::steady_clock;

Outside::Took spawn(std::vector<char*>& argv) {
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  for (const int fd : {1, 2}) {
    ::posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_WRONLY, 0);
  }
  const auto start = Clock::now();
  pid_t pid = -1;
  const int error = ::posix_spawn(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  int status = 0;
  const bool ended = error == 0 && ::waitpid(pid, &status, 0) == pid;
  const double us = std::chrono::duration<double, std::micro>(Clock::now() - start).count();
  ::posix_spawn_file_actions_destroy(&actions);
  return {us, ended && status == 0};
}

// One message is one command, its words ended by NUL each; one answer is one Took.
[[noreturn]] void serve(int socket) {
  std::array<char, 16384> message{};
  while (true) {
    const auto size = ::recv(socket, message.data(), message.size(), 0);
    if (size <= 0) ::_exit(0);
    std::vector<char*> argv;
    for (ssize_t i = 0; i < size; ++i) {
      if (i == 0 || message[static_cast<std::size_t>(i) - 1] == '\0') {
        argv.push_back(&message[static_cast<std::size_t>(i)]);
      }
    }
    const auto took = spawn(argv);
    if (::send(socket, &took, sizeof(took), MSG_NOSIGNAL) != sizeof(took)) ::_exit(1);
  }
}

[[noreturn]] void die(const char* what) {
  std::perror(what);
  std::exit(1);
}

}  // namespace

Outside::Outside() {
  int pair[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) die("socketpair");
  pid_ = ::fork();
  if (pid_ < 0) die("fork");
  if (pid_ == 0) {
    ::close(pair[0]);
    serve(pair[1]);
  }
  ::close(pair[1]);
  socket_ = pair[0];
}

Outside::~Outside() {
  ::close(socket_);
  ::waitpid(pid_, nullptr, 0);
}

Outside::Took Outside::run(const std::vector<std::string>& command) const {
  std::string message;
  for (const auto& word : command) message.append(word).push_back('\0');
  Took took;
  if (::send(socket_, message.data(), message.size(), MSG_NOSIGNAL) !=
          static_cast<ssize_t>(message.size()) ||
      ::recv(socket_, &took, sizeof(took), 0) != sizeof(took)) {
    die("the process that starts peers");
  }
  return took;
}

}  // namespace cex::bench
