// SPDX-License-Identifier: Apache-2.0
#include "child.hpp"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>

#include <nlohmann/json.hpp>

namespace cex::testkit {
namespace {

constexpr auto kDeadline = std::chrono::seconds(60);
constexpr std::size_t kMaxAnswer = std::size_t{16} << 20u;

void write_all(int fd, const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t n = ::write(fd, text.data() + done, text.size() - done);
    if (n <= 0) return;  // the parent is gone; it has nobody to tell
    done += static_cast<std::size_t>(n);
  }
}

[[noreturn]] void child_main(int fd, const std::string& check,
                             const std::function<void(Report&, int)>& work) {
  Report report;
  try {
    work(report, fd);
  } catch (const std::exception& problem) {
    report.fail(check, problem.what());
  }
  auto lines = nlohmann::json::array();
  for (const Finding& finding : report.findings()) {
    lines.push_back({static_cast<int>(finding.level), finding.check, finding.message});
  }
  write_all(fd, lines.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  ::_exit(0);
}

/// Reads to the end of file or the deadline; false at the deadline.
bool read_answer(int fd, std::string& answer) {
  const auto end = std::chrono::steady_clock::now() + kDeadline;
  char buffer[4096];
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        end - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    pollfd waiting{fd, POLLIN, 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(left.count()));
    if (ready < 0 && errno != EINTR) return false;
    if (ready <= 0) continue;
    const ssize_t n = ::read(fd, buffer, sizeof(buffer));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0 || answer.size() > kMaxAnswer) return true;
    answer.append(buffer, static_cast<std::size_t>(n));
  }
}

void merge(Report& report, const std::string& check, const std::string& answer) {
  const auto lines = nlohmann::json::parse(answer, nullptr, false);
  if (!lines.is_array()) {
    report.fail(check, answer.empty() ? "the plugin ended the process" : answer);
    return;
  }
  for (const auto& line : lines) {
    report.add({static_cast<Finding::Level>(line.at(0).get<int>()), line.at(1).get<std::string>(),
                line.at(2).get<std::string>()});
  }
}

}  // namespace

void run_in_child(Report& report, const std::string& check,
                  const std::function<void(Report&, int)>& work) {
  int ends[2];
  if (::pipe(ends) != 0) {
    report.fail(check, std::string("pipe: ") + std::strerror(errno));
    return;
  }
  const pid_t child = ::fork();
  if (child < 0) {
    report.fail(check, std::string("fork: ") + std::strerror(errno));
    ::close(ends[0]);
    ::close(ends[1]);
    return;
  }
  if (child == 0) {
    ::close(ends[0]);
    child_main(ends[1], check, work);
  }
  ::close(ends[1]);
  std::string answer;
  const bool in_time = read_answer(ends[0], answer);
  ::close(ends[0]);
  if (!in_time) ::kill(child, SIGKILL);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!in_time) {
    report.fail(check, "no answer within 60 s; an endless loop?");
  } else if (WIFSIGNALED(status)) {
    report.fail(check, std::string("the plugin died of ") + ::strsignal(WTERMSIG(status)));
  } else {
    merge(report, check, answer);
  }
}

}  // namespace cex::testkit
