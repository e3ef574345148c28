// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace cex::test {

/// How a command ended and what it wrote.
struct Ended {
  int status{-1};  ///< exit status; -N if signal N ended it
  std::string out;
  std::string err;
};

struct Invocation {
  std::vector<std::string> argv;                                 ///< argv[0] absolute
  std::string input;                                             ///< stdin
  std::vector<std::pair<std::string, std::string>> environment;  ///< added to ours
};

/// A real process whose stdin, stdout and stderr are files, so that no pipe can fill.
class Command {
 public:
  explicit Command(const Invocation& invocation);
  ~Command();
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;

  void signal(int number) const;
  /// What was written to stdout until now.
  [[nodiscard]] std::string out_so_far() const;
  /// Waits for the end; kills and fails after `patience`.
  [[nodiscard]] Ended wait(std::chrono::seconds patience = std::chrono::seconds{120});

 private:
  std::string folder_;
  pid_t pid_{-1};
};

[[nodiscard]] Ended run(const Invocation& invocation);

}  // namespace cex::test
