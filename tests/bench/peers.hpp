// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace cex::bench {

/// Another box: its name and the command that runs a program in it.
struct Peer {
  std::string name;
  std::vector<std::string> command;
};

/// Other people's boxes around one program, as close to ours as each can be told to be: the
/// toolchains read-only, no network, a process namespace of its own. Names those that are not
/// installed on standard output.
class Peers {
 public:
  /// `folder` exists and is this object's to fill: the container runtimes want a bundle on disk.
  /// Before root is given up.
  Peers(std::filesystem::path folder, std::vector<std::string> program);
  [[nodiscard]] const std::vector<std::string>& program() const { return program_; }
  [[nodiscard]] std::vector<Peer> all() const;
  /// What removes the cgroup folders that the container runtimes leave, to be run as who made them.
  [[nodiscard]] static std::vector<std::string> tidy_command();

 private:
  std::filesystem::path folder_;
  std::vector<std::string> program_;
};

}  // namespace cex::bench
