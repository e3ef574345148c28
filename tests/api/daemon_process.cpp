// SPDX-License-Identifier: Apache-2.0
#include "tests/api/daemon_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>

#include "core/base/text.hpp"
#include "core/base/unique_fd.hpp"
#include "tests/api/raw_client.hpp"

namespace cex::test {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kStartPatience{60'000};
constexpr milliseconds kEndPatience{60'000};

[[noreturn]] void raise(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

struct Pipe {
  UniqueFd out;
  UniqueFd in;
  Pipe() {
    std::array<int, 2> fds{};
    if (::pipe2(fds.data(), O_CLOEXEC) != 0) raise("pipe2");
    out.reset(fds[0]);
    in.reset(fds[1]);
  }
};

// Everything that allocates happens before the fork.
pid_t spawn(const std::vector<std::string>& arguments, const std::vector<std::string>& environment,
            int out, int err) {
  std::vector<char*> argv;
  for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  std::vector<char*> envp;
  for (const auto& entry : environment) envp.push_back(const_cast<char*>(entry.c_str()));
  for (char** entry = environ; *entry != nullptr; ++entry) envp.push_back(*entry);
  envp.push_back(nullptr);
  const pid_t pid = ::fork();
  if (pid < 0) raise("fork");
  if (pid == 0) {
    ::dup2(out, STDOUT_FILENO);
    ::dup2(err, STDERR_FILENO);
    ::execve(argv[0], argv.data(), envp.data());
    ::_exit(127);
  }
  return pid;
}

std::string read_all(int fd) {
  std::string all;
  std::array<char, 4096> block;
  ssize_t count = 0;
  while ((count = ::read(fd, block.data(), block.size())) > 0) {
    all.append(block.data(), static_cast<std::size_t>(count));
  }
  return all;
}

int exit_code_of(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string slurp(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// Arguments for every daemon of a run, such as --insecure-no-cgroup-limits on a host without
// cgroups.
std::vector<std::string> with_common(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), CEX_DAEMON);
  if (const char* more = std::getenv("CEX_TEST_DAEMON_ARGS")) {
    for (const auto word : split(more, ' ')) {
      if (!word.empty()) arguments.emplace_back(word);
    }
  }
  return arguments;
}

bool wait_until(const std::string& marker, bool there) {
  const auto deadline = steady_clock::now() + patience(kEndPatience);
  while (processes_with(marker).empty() == there) {
    if (steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(milliseconds{10});
  }
  return true;
}

}  // namespace

ScratchDir::ScratchDir() {
  std::string name = fs::temp_directory_path() / "cex-api-test-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) raise("mkdtemp");
  path_ = name;
  // Started as root the server becomes somebody else, who must get through to his own folder.
  fs::permissions(path_, fs::perms::all);
}

ScratchDir::~ScratchDir() {
  std::error_code error;
  fs::remove_all(path_, error);
}

Finished run_daemon(const std::vector<std::string>& arguments) {
  Pipe out;
  Pipe err;
  const pid_t pid = spawn(with_common(arguments), {}, out.in.get(), err.in.get());
  out.in.reset();
  err.in.reset();
  Finished finished{};
  std::thread reader{[&] { finished.err = read_all(err.out.get()); }};
  finished.out = read_all(out.out.get());
  reader.join();
  int status = 0;
  if (::waitpid(pid, &status, 0) != pid) raise("waitpid");
  finished.exit_code = exit_code_of(status);
  return finished;
}

DaemonProcess::DaemonProcess(const std::string& data_dir, const std::vector<std::string>& arguments,
                             const std::vector<std::string>& environment,
                             const std::string& program) {
  std::vector<std::string> all{"--listen", "127.0.0.1:0", "--data-dir", data_dir + "/state"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  // Layers would be built in every test's own folder. Tests of them switch them on.
  auto settings = environment;
  settings.emplace_back("CODE_EXECUTOR_WARM_UP_MODE=off");  // of two, the first one counts
  Pipe log;
  // Both: should this process die, nobody may wait for the end of an output that the server holds.
  auto command = with_common(std::move(all));
  if (!program.empty()) command.front() = program;
  pid_ = spawn(command, settings, log.in.get(), log.in.get());
  reader_ = std::thread{[this, fd = log.out.release()] { read_log(fd); }};
  std::unique_lock lock{mutex_};
  const bool listening = changed_.wait_for(lock, patience(kStartPatience),
                                           [this] { return port_ != 0 || log_ended_; });
  if (!listening || port_ == 0) {
    const std::string said = log_;
    lock.unlock();
    ::kill(pid_, SIGKILL);
    // The launchers die with the server, and with them the last writer of the log.
    reader_.join();
    ::waitpid(pid_, nullptr, 0);
    throw std::runtime_error("the daemon does not listen; it said: " + said);
  }
}

DaemonProcess::~DaemonProcess() {
  if (!exit_code_) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  reader_.join();
}

void DaemonProcess::signal(int number) const {
  if (::kill(pid_, number) != 0) raise("kill");
}

std::optional<int> DaemonProcess::wait_for_exit() {
  const auto deadline = steady_clock::now() + patience(kEndPatience);
  while (!exit_code_) {
    int status = 0;
    const pid_t done = ::waitpid(pid_, &status, WNOHANG);
    if (done < 0) raise("waitpid");
    if (done == pid_) {
      exit_code_ = exit_code_of(status);
    } else if (steady_clock::now() > deadline) {
      break;
    } else {
      std::this_thread::sleep_for(milliseconds{5});
    }
  }
  return exit_code_;
}

std::vector<nlohmann::json> DaemonProcess::log_lines(const std::string& message) {
  const std::lock_guard lock{mutex_};
  std::vector<nlohmann::json> found;
  for (const auto& line : lines_) {
    if (line.value("message", "") == message) found.push_back(line);
  }
  return found;
}

std::optional<nlohmann::json> DaemonProcess::wait_for_line(const std::string& message,
                                                           const std::string& field,
                                                           const nlohmann::json& value) {
  std::optional<nlohmann::json> found;
  std::unique_lock lock{mutex_};
  changed_.wait_for(lock, patience(kEndPatience), [&] {
    for (const auto& line : lines_) {
      if (line.value("message", "") == message && line.contains(field) && line[field] == value) {
        found = line;
      }
    }
    return found || log_ended_;
  });
  return found;
}

std::string DaemonProcess::log_text() {
  const std::lock_guard lock{mutex_};
  return log_;
}

void DaemonProcess::read_log(int fd) {
  const UniqueFd pipe{fd};
  std::array<char, 4096> block;
  std::string rest;
  ssize_t count = 0;
  while ((count = ::read(pipe.get(), block.data(), block.size())) > 0) {
    const std::lock_guard lock{mutex_};
    log_.append(block.data(), static_cast<std::size_t>(count));
    rest.append(block.data(), static_cast<std::size_t>(count));
    for (auto end = rest.find('\n'); end != std::string::npos; end = rest.find('\n')) {
      auto line = nlohmann::json::parse(rest.substr(0, end), nullptr, false);
      rest.erase(0, end + 1);
      if (!line.is_object()) continue;
      if (line.value("message", "") == "listening") {
        const std::string address = line.at("address");
        port_ = static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
      }
      lines_.push_back(std::move(line));
    }
    changed_.notify_all();
  }
  const std::lock_guard lock{mutex_};
  log_ended_ = true;
  changed_.notify_all();
}

std::vector<pid_t> processes_with(const std::string& marker) {
  std::vector<pid_t> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator{"/proc", error}) {
    const auto number = parse_u64(entry.path().filename().string());
    if (!number || static_cast<pid_t>(*number) == ::getpid()) continue;
    if (slurp(entry.path() / "cmdline").find(marker) != std::string::npos) {
      found.push_back(static_cast<pid_t>(*number));
    }
  }
  return found;
}

bool wait_until_gone(const std::string& marker) {
  return wait_until(marker, false);
}

bool wait_until_there(const std::string& marker) {
  return wait_until(marker, true);
}

pid_t child_towards(pid_t ancestor, pid_t pid) {
  while (pid > 1) {
    const std::string status = slurp("/proc/" + std::to_string(pid) + "/status");
    const auto at = status.find("PPid:\t");
    if (at == std::string::npos) return -1;
    const auto parent = static_cast<pid_t>(std::atol(status.c_str() + at + 6));
    if (parent == ancestor) return pid;
    pid = parent;
  }
  return -1;
}

}  // namespace cex::test
