// SPDX-License-Identifier: Apache-2.0
#include "core/sandbox/subordinate_ids.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <limits>
#include <vector>

#include "core/base/files.hpp"
#include "core/base/text.hpp"
#include "core/base/unique_fd.hpp"
#include "core/base/spawn_actions.hpp"

namespace cex::sandbox {
namespace {

constexpr const char* kUidHelper = "/usr/bin/newuidmap";
constexpr const char* kGidHelper = "/usr/bin/newgidmap";
constexpr std::size_t kMaxSaid = 1000;

std::string read_all(int fd) {
  std::string said;
  std::array<char, 512> block{};
  while (true) {
    const ssize_t count = ::read(fd, block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return said;
    if (said.size() < kMaxSaid) said.append(block.data(), static_cast<std::size_t>(count));
  }
}

Result<void> run_helper(const char* program, const IdMap& map, std::uint32_t own_outside,
                        std::uint32_t first_outside) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return fail_errno("pipe2");
  UniqueFd said{ends[0]};
  UniqueFd saying{ends[1]};
  SpawnActions actions;
  ::posix_spawn_file_actions_addopen(actions.get(), 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(actions.get(), saying.get(), 1);
  ::posix_spawn_file_actions_adddup2(actions.get(), saying.get(), 2);
  std::vector<std::string> words{program, std::to_string(map.pid)};
  for (const std::uint32_t number :
       {map.own_inside, own_outside, 1U, map.first_inside, first_outside, map.count}) {
    words.push_back(std::to_string(number));
  }
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  char* envp[] = {nullptr};
  pid_t pid = -1;
  const int error = ::posix_spawn(&pid, program, actions.get(), nullptr, argv.data(), envp);
  if (error != 0) return fail_errno(std::string{"start "} + program, error);
  saying.reset();
  const std::string complaint = read_all(said.get());
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) return fail_errno(std::string{"wait for "} + program);
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  return fail(Errc::unsupported, std::string{program} + " refused: " + printable(trim(complaint)));
}

}  // namespace

std::optional<std::uint32_t> find_range(std::string_view text, std::string_view name, uid_t uid,
                                        std::uint32_t count) {
  for (const auto line : split(text, '\n')) {
    const auto parts = split(trim(line), ':');
    if (parts.size() != 3 || (parts[0] != name && parts[0] != std::to_string(uid))) continue;
    const auto start = parse_u64(parts[1]);
    const auto size = parse_u64(parts[2]);
    // Ids are 32 bits, and the last one means "none".
    constexpr std::uint64_t kEnd = std::numeric_limits<std::uint32_t>::max();
    if (!start || !size || *size < count || *start == 0 || *start >= kEnd ||
        kEnd - *start < count) {
      continue;
    }
    return static_cast<std::uint32_t>(*start);
  }
  return std::nullopt;
}

Result<SubordinateIds> find_subordinate_ids(std::uint32_t count) {
  for (const char* helper : {kUidHelper, kGidHelper}) {
    if (::access(helper, X_OK) != 0) {
      return fail(Errc::unsupported,
                  std::string{helper} + " is missing; install the package uidmap");
    }
  }
  const passwd* entry = ::getpwuid(::geteuid());
  if (entry == nullptr) {
    return fail(Errc::unsupported, "user id " + std::to_string(::geteuid()) + " has no name");
  }
  const std::string name = entry->pw_name;
  const auto uid = find_range(read_text_file("/etc/subuid"), name, ::geteuid(), count);
  const auto gid = find_range(read_text_file("/etc/subgid"), name, ::geteuid(), count);
  if (!uid || !gid) {
    return fail(Errc::unsupported, name + " has no range of " + std::to_string(count) + " ids in " +
                                       (uid ? "/etc/subgid" : "/etc/subuid") +
                                       "; usermod --add-subuids and --add-subgids give one");
  }
  return SubordinateIds{*uid, *gid};
}

Result<void> map_ids(const IdMap& map, const SubordinateIds& ids) {
  CEX_CHECK(run_helper(kUidHelper, map, ::geteuid(), ids.first_uid));
  return run_helper(kGidHelper, map, ::getegid(), ids.first_gid);
}

}  // namespace cex::sandbox
