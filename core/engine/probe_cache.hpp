// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace cex::engine {

/// What a program said to a probe.
struct ProbeAnswer {
  int exit_code{0};
  std::string out;
  std::string err;
};

/// Answers to probes, so that a start does not run dozens of compilers only to hear what they said
/// yesterday. An answer is good for as long as the program's file is the same: its inode, size and
/// both times, the one of which only the kernel sets. The same goes for absolute paths among the
/// arguments, also for those that are not there. Thread-safe.
class ProbeCache {
 public:
  /// `file`: where it outlives the process; empty: nowhere. One that cannot be read counts as
  /// empty.
  explicit ProbeCache(std::string file);

  /// The name under which the answer is kept; empty where the program's file cannot be looked at.
  [[nodiscard]] static std::string key_of(const std::string& program,
                                          const std::vector<std::string>& args);
  [[nodiscard]] std::optional<ProbeAnswer> find(const std::string& key);
  void put(const std::string& key, ProbeAnswer answer);
  /// Writes what is new; what nobody asked for in this process is kept up to a bound.
  void save();

 private:
  void read();

  const std::string file_;
  std::mutex mutex_;
  std::map<std::string, ProbeAnswer> answers_;
  std::set<std::string> used_;
  bool changed_{false};
};

}  // namespace cex::engine
