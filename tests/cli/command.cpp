// SPDX-License-Identifier: Apache-2.0
#include "tests/cli/command.hpp"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <thread>

#include <gtest/gtest.h>

namespace cex::test {
namespace {

std::string read_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

void redirect(const std::string& path, int flags, int target) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
  if (fd < 0 || ::dup2(fd, target) < 0) ::_exit(127);
}

}  // namespace

Command::Command(const Invocation& invocation) {
  std::string pattern = ::testing::TempDir() + "cex-cli-XXXXXX";
  folder_ = ::mkdtemp(pattern.data());
  std::ofstream{folder_ + "/in", std::ios::binary} << invocation.input;
  pid_ = ::fork();
  if (pid_ != 0) return;
  redirect(folder_ + "/in", O_RDONLY, 0);
  redirect(folder_ + "/out", O_WRONLY | O_CREAT, 1);
  redirect(folder_ + "/err", O_WRONLY | O_CREAT, 2);
  for (const auto& [name, value] : invocation.environment) ::setenv(name.c_str(), value.c_str(), 1);
  std::vector<char*> argv;
  for (const auto& item : invocation.argv) argv.push_back(const_cast<char*>(item.c_str()));
  argv.push_back(nullptr);
  ::execv(argv[0], argv.data());
  ::_exit(127);
}

Command::~Command() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void Command::signal(int number) const {
  ::kill(pid_, number);
}

std::string Command::out_so_far() const {
  return read_file(folder_ + "/out");
}

Ended Command::wait(std::chrono::seconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  int status = 0;
  while (::waitpid(pid_, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > deadline) {
      ADD_FAILURE() << "the command did not end";
      ::kill(pid_, SIGKILL);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  pid_ = -1;
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status), read_file(folder_ + "/out"),
          read_file(folder_ + "/err")};
}

Ended run(const Invocation& invocation) {
  return Command{invocation}.wait();
}

}  // namespace cex::test
