// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

namespace cex::test {

/// A folder that is gone with the object.
class ScratchDir {
 public:
  ScratchDir();
  ~ScratchDir();
  ScratchDir(const ScratchDir&) = delete;
  ScratchDir& operator=(const ScratchDir&) = delete;
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

/// What a daemon that never got to listen said.
struct Finished {
  int exit_code;
  std::string out;
  std::string err;
};

/// The real code-executord with the given arguments, until it ends.
[[nodiscard]] Finished run_daemon(const std::vector<std::string>& arguments);

/// The real code-executord, listening on a port of the kernel's choice. Destroying it kills it.
class DaemonProcess {
 public:
  /// Starts and waits for the `listening` line. `environment` entries are NAME=VALUE; `program`: a
  /// copy of the daemon that is to run instead, "" for the one that was built.
  DaemonProcess(const std::string& data_dir, const std::vector<std::string>& arguments = {},
                const std::vector<std::string>& environment = {}, const std::string& program = {});
  ~DaemonProcess();
  DaemonProcess(const DaemonProcess&) = delete;
  DaemonProcess& operator=(const DaemonProcess&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  [[nodiscard]] pid_t pid() const noexcept { return pid_; }

  void signal(int number) const;
  /// Waits for the end. Empty if it does not come in time; 128 + N for signal N.
  [[nodiscard]] std::optional<int> wait_for_exit();

  /// All log lines so far that are JSON objects with this message.
  [[nodiscard]] std::vector<nlohmann::json> log_lines(const std::string& message);
  /// Waits until a log line with this message has this value in this field.
  [[nodiscard]] std::optional<nlohmann::json> wait_for_line(const std::string& message,
                                                            const std::string& field,
                                                            const nlohmann::json& value);
  [[nodiscard]] std::string log_text();

 private:
  void read_log(int fd);

  pid_t pid_{-1};
  std::uint16_t port_{0};
  std::optional<int> exit_code_;
  std::thread reader_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string log_;
  std::vector<nlohmann::json> lines_;
  bool log_ended_{false};
};

/// Processes of this machine whose command line contains `marker` (a job's arguments, say).
[[nodiscard]] std::vector<pid_t> processes_with(const std::string& marker);
/// Waits until there is none (or, with `some`, at least one). False when time is up.
[[nodiscard]] bool wait_until_gone(const std::string& marker);
[[nodiscard]] bool wait_until_there(const std::string& marker);
/// The child of `ancestor` that `pid` descends from.
[[nodiscard]] pid_t child_towards(pid_t ancestor, pid_t pid);

}  // namespace cex::test
