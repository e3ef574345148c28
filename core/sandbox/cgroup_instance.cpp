// SPDX-License-Identifier: Apache-2.0
#include "core/sandbox/cgroup_instance.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <system_error>
#include <thread>

#include "core/base/files.hpp"
#include "core/base/ids.hpp"
#include "core/base/log.hpp"
#include "core/base/text.hpp"
#include "core/sandbox/cgroup_base.hpp"

namespace cex::sandbox {
namespace {

namespace fs = std::filesystem;

// Beside the servers' folders, shared by them, without processes, never removed.
constexpr const char* kQuotaKeeper = "quota";

Result<UniqueFd> open_folder(const fs::path& path) {
  UniqueFd fd{::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!fd) return fail_errno("open(" + path.string() + ")");
  return fd;
}

fs::path join(const std::string& mount_point, const std::string& path) {
  return path == "/" || path.empty() ? fs::path{mount_point} : fs::path{mount_point + path};
}

Result<fs::path> choose_v1_base(const CgroupHierarchy& hierarchy, const std::string& parent,
                                const char* controller) {
  std::vector<std::string> candidates{"/", hierarchy.own_path};
  if (!parent.empty()) candidates = {parent};
  for (const std::string& candidate : candidates) {
    const fs::path base = join(hierarchy.mount_point, candidate);
    if (ensure_cgroup(base / kCgroupFolder) && ::access((base / kCgroupFolder).c_str(), W_OK) == 0)
      return base;
  }
  return fail(
      Errc::unsupported,
      std::string{"limits on memory, processes and CPU cannot be enforced: no folder can be "
                  "made in the cgroup hierarchy of the controller "} +
          controller + " (" + hierarchy.mount_point + "); " + kCgroupRemedy);
}

void kill_processes(const fs::path& folder) {
  if (write_cgroup_file(folder / "cgroup.kill", "1")) return;
  const std::string pids = read_text_file(folder / "cgroup.procs");
  for (const auto line : split(pids, '\n')) {
    const auto pid = parse_u64(line);
    // 0 stands for a process of another pid namespace, which is not ours to kill.
    if (pid && *pid > 1) ::kill(static_cast<pid_t>(*pid), SIGKILL);
  }
}

// Bottom up: folders of groups cannot be removed while they have children or processes.
void remove_tree(const fs::path& folder) {
  std::error_code error;
  for (const auto& item : fs::directory_iterator{folder, error}) {
    if (item.is_directory(error)) remove_tree(item.path());
  }
  for (int round = 0; round < 200; ++round) {
    if (::rmdir(folder.c_str()) == 0 || errno != EBUSY) return;
    kill_processes(folder);
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  log::warning("a dead server's cgroup cannot be removed", {{"folder", folder.string()}});
}

// True if no living server holds it.
bool is_abandoned(const fs::path& instance) {
  const UniqueFd fd{::open(instance.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  return !fd || ::flock(fd.get(), LOCK_EX | LOCK_NB) == 0;
}

void sweep(const std::vector<fs::path>& parents) {
  for (const fs::path& parent : parents) {
    std::error_code error;
    for (const auto& item : fs::directory_iterator{parent, error}) {
      if (!item.is_directory(error) || item.path().filename() == kQuotaKeeper) continue;
      // The first hierarchy's folder is made first and carries the lock: without it nobody lives.
      const fs::path lock = parents.front() / item.path().filename();
      if (parent != parents.front() && fs::exists(lock, error)) continue;
      if (parent == parents.front() && !is_abandoned(lock)) continue;
      log::info("sweeping a dead server's cgroup", {{"folder", item.path().string()}});
      remove_tree(item.path());
    }
  }
}

// While some group has a CPU quota, giving one to a job and taking it back is a write to a file;
// otherwise the kernel rewrites its scheduler's code on every CPU, twice a job (decision 0039).
void keep_a_quota(const std::vector<fs::path>& parents, wire::CgroupKind kind) {
  const bool v1 = kind == wire::CgroupKind::v1;
  const fs::path keeper = parents[v1 ? wire::kCpu : 0] / kQuotaKeeper;
  const bool kept =
      ensure_cgroup(keeper) && (v1 ? write_cgroup_file(keeper / "cpu.cfs_quota_us", "1000")
                                   : write_cgroup_file(keeper / "cpu.max", "1000 100000"));
  if (!kept) log::info("no lasting CPU quota", {{"folder", keeper.string()}});
}

Result<CgroupInstance> make_instance(wire::CgroupKind kind, const std::vector<fs::path>& parents) {
  CgroupInstance instance;
  instance.kind = kind;
  instance.base = parents.front().string();
  while (instance.instances.empty()) {
    instance.name = random_hex(8);
    const fs::path first = parents.front() / instance.name;
    if (::mkdir(first.c_str(), 0755) != 0) return fail_errno("mkdir(" + first.string() + ")");
    // Another server's sweep may take the folder between these two lines; then we make another one.
    auto folder = open_folder(first);
    if (folder && ::flock(folder->get(), LOCK_EX | LOCK_NB) == 0 && fs::exists(first)) {
      instance.instances.push_back(*std::move(folder));
    }
  }
  for (std::size_t i = 1; i < parents.size(); ++i) {
    const fs::path path = parents[i] / instance.name;
    // Controllers mounted together share their folder.
    if (!ensure_cgroup(path)) return fail_errno("mkdir(" + path.string() + ")");
    CEX_TRY(UniqueFd folder, open_folder(path));
    instance.instances.push_back(std::move(folder));
  }
  for (const fs::path& parent : parents) {
    CEX_TRY(UniqueFd folder, open_folder(parent));
    instance.parents.push_back(std::move(folder));
  }
  if (kind == wire::CgroupKind::v2 && !enable_controllers(parents.front() / instance.name)) {
    return fail_errno("enable controllers in " + instance.base + "/" + instance.name);
  }
  return instance;
}

}  // namespace

Result<CgroupInstance> make_cgroup_instance(const CgroupHost& host, const std::string& parent) {
  std::vector<fs::path> parents;
  switch (host.kind) {
    case wire::CgroupKind::none:
      return fail(
          Errc::unsupported,
          "limits on memory, processes and CPU cannot be enforced: no cgroup hierarchy offers " +
              cex::join(host.missing, ", ") + "; " + kCgroupRemedy);
    case wire::CgroupKind::v2: {
      CEX_TRY(const fs::path base, choose_v2_base(host.hierarchies[0], parent));
      parents.push_back(base / kCgroupFolder);
      break;
    }
    case wire::CgroupKind::v1:
      for (std::size_t i = 0; i < host.hierarchies.size(); ++i) {
        CEX_TRY(const fs::path base,
                choose_v1_base(host.hierarchies[i], parent, kControllerNames[i]));
        parents.push_back(base / kCgroupFolder);
      }
      break;
  }
  sweep(parents);
  keep_a_quota(parents, host.kind);
  return make_instance(host.kind, parents);
}

std::uint64_t memory_above(const CgroupInstance& instance) {
  if (instance.kind == wire::CgroupKind::none) return UINT64_MAX;
  const char* file = instance.kind == wire::CgroupKind::v1 ? "memory.limit_in_bytes" : "memory.max";
  std::uint64_t least = UINT64_MAX;
  std::error_code error;
  for (fs::path group{instance.base}; fs::exists(group / "cgroup.procs", error);
       group = group.parent_path()) {
    // "max", or no such file at the top: no limit.
    const auto limit = parse_u64(trim(read_text_file(group / file)));
    if (limit) least = std::min(least, *limit);
  }
  return least;
}

}  // namespace cex::sandbox
