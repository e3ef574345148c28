// SPDX-License-Identifier: Apache-2.0
#include "core/sandbox/cgroup_base.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <system_error>

#include "core/base/files.hpp"
#include "core/base/log.hpp"
#include "core/base/text.hpp"
#include "core/base/unique_fd.hpp"

namespace cex::sandbox {
namespace {

namespace fs = std::filesystem;

// Processes that are being born while we move the others make another round necessary.
constexpr int kMoveRounds = 50;

fs::path folder_of(const std::string& mount_point, const std::string& path) {
  return path == "/" || path.empty() ? fs::path{mount_point} : fs::path{mount_point + path};
}

// The kernel's own root has no such file, and may have processes beside its children.
bool is_real_root(const fs::path& group) {
  return ::access((group / "cgroup.events").c_str(), F_OK) != 0;
}

// systemd marks what it delegates; what a plain user owns was given to that user by somebody.
bool is_delegated(const fs::path& group) {
  for (const char* name : {"trusted.delegate", "user.delegate"}) {
    char mark = 0;
    if (::getxattr(group.c_str(), name, &mark, 1) == 1 && mark == '1') return true;
  }
  struct stat status {};
  return ::geteuid() != 0 && ::stat(group.c_str(), &status) == 0 && status.st_uid == ::geteuid();
}

Result<void> refuse(const fs::path& group, const std::string& why) {
  return fail(Errc::unsupported, group.string() + ": " + why);
}

Result<void> move_processes(const fs::path& group) {
  const fs::path leaf = group / kServerLeaf;
  if (!ensure_cgroup(leaf)) return refuse(group, std::strerror(errno));
  for (int round = 0; round < kMoveRounds; ++round) {
    const std::string listed = read_text_file(group / "cgroup.procs");
    const auto pids = split(trim(listed), '\n');
    if (trim(listed).empty()) return {};
    for (const auto pid : pids) {
      if (pid == "0") return refuse(group, "it holds a process of another pid namespace");
      const bool moved = write_cgroup_file(leaf / "cgroup.procs", std::string{pid});
      if (!moved && errno != ESRCH) {
        return refuse(group, "process " + std::string{pid} + " cannot be moved into " +
                                 kServerLeaf + ": " + std::strerror(errno));
      }
    }
  }
  return refuse(group, "new processes keep appearing in it");
}

Result<void> make_usable(const fs::path& group, bool own) {
  if (::access(group.c_str(), W_OK) != 0) return refuse(group, std::strerror(errno));
  if (!is_real_root(group) && !trim(read_text_file(group / "cgroup.procs")).empty()) {
    if (!own) return refuse(group, "it holds processes; name a group without any");
    CEX_CHECK(move_processes(group));
  }
  if (!enable_controllers(group)) {
    return refuse(group, "memory, pids and cpu cannot be enabled for what is below it");
  }
  const fs::path folder = group / kCgroupFolder;
  if (!ensure_cgroup(folder)) return refuse(folder, std::strerror(errno));
  if (!enable_controllers(folder)) {
    return refuse(folder, "memory, pids and cpu cannot be enabled for what is below it");
  }
  return {};
}

}  // namespace

bool write_cgroup_file(const fs::path& path, const std::string& text) {
  const UniqueFd file{::open(path.c_str(), O_WRONLY | O_CLOEXEC)};
  return file && ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

bool ensure_cgroup(const fs::path& path) {
  return ::mkdir(path.c_str(), 0755) == 0 || errno == EEXIST;
}

bool enable_controllers(const fs::path& folder) {
  const fs::path control = folder / "cgroup.subtree_control";
  const std::string enabled = read_text_file(control);
  const std::string offered = read_text_file(folder / "cgroup.controllers");
  const auto lists = [](const std::string& text, std::string_view name) {
    const auto words = split(trim(text), ' ');
    return std::find(words.begin(), words.end(), name) != words.end();
  };
  bool all = true;
  for (const char* name : {"memory", "pids", "cpu"}) {
    all = all && (lists(enabled, name) || write_cgroup_file(control, std::string{"+"} + name));
  }
  // A further belt: huge pages are refused by the filter too, so it may be missing.
  if (all && lists(offered, "hugetlb") && !lists(enabled, "hugetlb") &&
      !write_cgroup_file(control, "+hugetlb")) {
    log::info("the controller hugetlb is not handed down", {{"folder", folder.string()}});
  }
  return all;
}

std::string without_server_leaf(const std::string& own_path) {
  const fs::path path{own_path};
  return path.filename() == kServerLeaf ? path.parent_path().string() : own_path;
}

std::vector<std::string> v2_candidates(const std::string& own_path, bool delegated,
                                       const std::string& parent) {
  if (!parent.empty()) return {parent};
  if (own_path == "/") return {"/"};
  if (delegated) return {own_path, "/"};
  return {"/", own_path};
}

Result<fs::path> choose_v2_base(const CgroupHierarchy& hierarchy, const std::string& parent) {
  const std::string own = without_server_leaf(hierarchy.own_path);
  const bool delegated = is_delegated(folder_of(hierarchy.mount_point, own));
  std::vector<std::string> refusals;
  for (const std::string& candidate : v2_candidates(own, delegated, parent)) {
    fs::path base = folder_of(hierarchy.mount_point, candidate);
    const auto usable = make_usable(base, candidate == own);
    if (usable) return base;
    refusals.push_back(usable.error().message);
  }
  return fail(Errc::unsupported, "limits on memory, processes and CPU cannot be enforced: " +
                                     join(refusals, "; ") + "; " + kCgroupRemedy);
}

}  // namespace cex::sandbox
