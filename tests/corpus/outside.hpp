// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/base/unique_fd.hpp"

namespace cex::test {

/// What can be counted of the host, by name; two of these tell whether something was left behind.
struct Snapshot {
  std::map<std::string, std::uint64_t> counts;
  std::map<std::string, std::string> values;  ///< what must not change at all
  std::uint64_t resident_kib{0};
};

/// The host as an attacker would like to touch it: a secret file, a listening TCP port, a listening
/// abstract unix socket and a System V segment, all open to everybody, so that nothing but the box
/// keeps a job from them; a secret in the environment and an inheritable descriptor of "/".
class Outside {
 public:
  /// Before the launcher starts: what it might inherit.
  Outside();
  ~Outside();
  Outside(const Outside&) = delete;
  Outside& operator=(const Outside&) = delete;

  /// After root was given up, so that the destructor may remove it all again.
  void open_up();

  /// Named by programs as {secret}, {port}, {socket}, {shm}, {pid}.
  [[nodiscard]] const std::map<std::string, std::string>& facts() const { return facts_; }
  /// Must appear in nothing that a job gives back.
  [[nodiscard]] const std::string& secret() const { return secret_; }

  /// `instance`: name of this server's cgroup folder; box ids are `first_id` and the `ids` after
  /// it.
  void watch(std::string instance, std::string data_dir, std::uint32_t first_id, std::uint32_t ids);
  [[nodiscard]] Snapshot look() const;

  /// What is in `after` that was not in `before`, or has changed; empty: nothing.
  [[nodiscard]] static std::vector<std::string> complaints(const Snapshot& before,
                                                           const Snapshot& after);

 private:
  [[nodiscard]] bool is_box_id(std::uint64_t id) const {
    return id >= first_id_ && id - first_id_ < ids_;
  }

  std::string secret_;
  std::string secret_path_;
  UniqueFd trap_;
  UniqueFd tcp_;
  UniqueFd unix_;
  int shm_{-1};
  std::map<std::string, std::string> facts_;
  std::string instance_;
  std::string data_dir_;
  std::uint32_t first_id_{0};
  std::uint32_t ids_{0};
};

}  // namespace cex::test
