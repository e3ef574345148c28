// SPDX-License-Identifier: Apache-2.0
#include "core/sandbox/cgroup_host.hpp"

#include <algorithm>
#include <map>
#include <sstream>

#include "core/base/files.hpp"
#include "core/base/text.hpp"

namespace cex::sandbox {
namespace {

struct Mount {
  std::string root;
  std::string point;
  std::string type;
  std::vector<std::string> options;  // of the superblock: v1's controllers are among them
};

// "36 35 98:0 /root /point rw,... - type source options"
std::vector<Mount> cgroup_mounts(const std::string& mountinfo) {
  std::vector<Mount> mounts;
  std::istringstream lines{mountinfo};
  for (std::string line; std::getline(lines, line);) {
    const auto dash = line.find(" - ");
    if (dash == std::string::npos) continue;
    const auto head = split(std::string_view{line}.substr(0, dash), ' ');
    const auto tail = split(std::string_view{line}.substr(dash + 3), ' ');
    if (head.size() < 5 || tail.size() < 3 || tail[0].substr(0, 6) != "cgroup") continue;
    Mount mount{std::string{head[3]}, std::string{head[4]}, std::string{tail[0]}, {}};
    for (const auto option : split(tail[2], ',')) mount.options.emplace_back(option);
    mounts.push_back(std::move(mount));
  }
  return mounts;
}

// /proc/self/cgroup: "4:memory:/path"; v2 under the key "".
std::map<std::string, std::string> own_paths(const std::string& own) {
  std::map<std::string, std::string> paths;
  std::istringstream lines{own};
  for (std::string line; std::getline(lines, line);) {
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string path = line.substr(second + 1);
    for (const auto name :
         split(std::string_view{line}.substr(first + 1, second - first - 1), ',')) {
      paths[std::string{name}] = path;
    }
  }
  return paths;
}

// A container sees its own group as the mount's root while /proc/self/cgroup tells the whole path.
std::string below_root(const std::string& path, const std::string& root) {
  if (root == "/" || path.compare(0, root.size(), root) != 0) return path;
  const std::string rest = path.substr(root.size());
  return rest.empty() ? "/" : rest;
}

bool has(const std::vector<std::string>& list, const std::string& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

}  // namespace

CgroupHost find_cgroups(const std::string& mountinfo, const std::string& own,
                        const std::string& unified_controllers) {
  const auto mounts = cgroup_mounts(mountinfo);
  const auto paths = own_paths(own);
  std::vector<std::string> unified;
  for (const auto name : split(trim(unified_controllers), ' ')) unified.emplace_back(name);

  CgroupHost host;
  const auto v2 = std::find_if(mounts.begin(), mounts.end(),
                               [](const Mount& mount) { return mount.type == "cgroup2"; });
  // On v2 cpuacct's numbers come with every group.
  if (v2 != mounts.end() && has(unified, "memory") && has(unified, "pids") && has(unified, "cpu")) {
    host.kind = wire::CgroupKind::v2;
    const auto path = paths.find("");
    host.hierarchies[0] = {v2->point,
                           path == paths.end() ? "/" : below_root(path->second, v2->root)};
    return host;
  }
  for (std::size_t i = 0; i < kControllerNames.size(); ++i) {
    const std::string name = kControllerNames[i];
    const auto mount = std::find_if(mounts.begin(), mounts.end(), [&](const Mount& candidate) {
      return candidate.type == "cgroup" && has(candidate.options, name);
    });
    if (mount == mounts.end()) {
      host.missing.push_back(name);
      continue;
    }
    const auto path = paths.find(name);
    host.hierarchies[i] = {mount->point,
                           path == paths.end() ? "/" : below_root(path->second, mount->root)};
  }
  if (host.missing.empty()) host.kind = wire::CgroupKind::v1;
  return host;
}

Result<CgroupHost> find_cgroups() {
  const std::string mountinfo = read_text_file("/proc/self/mountinfo");
  const std::string own = read_text_file("/proc/self/cgroup");
  if (mountinfo.empty() || own.empty()) {
    return fail(Errc::unsupported, "cannot read /proc/self/mountinfo and /proc/self/cgroup");
  }
  std::string controllers;
  for (const auto& mount : cgroup_mounts(mountinfo)) {
    if (mount.type == "cgroup2") controllers = read_text_file(mount.point + "/cgroup.controllers");
  }
  return find_cgroups(mountinfo, own, controllers);
}

}  // namespace cex::sandbox
