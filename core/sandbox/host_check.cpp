// SPDX-License-Identifier: Apache-2.0
#include "core/sandbox/host_check.hpp"

#include <linux/capability.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <cstdio>

#include "core/base/files.hpp"
#include "core/base/text.hpp"
#include "core/sandbox/cgroup_host.hpp"
#include "core/sandbox/host_settings.hpp"

namespace cex::sandbox {
namespace {

using State = HealthCheck::State;

std::string read_line(const std::string& path) {
  return std::string{trim(read_text_file(path))};
}

HealthCheck good(std::string name, std::string detail) {
  return {std::move(name), State::ok, std::move(detail), {}};
}
HealthCheck bad(std::string name, std::string detail, std::string remedy) {
  return {std::move(name), State::failed, std::move(detail), std::move(remedy)};
}
HealthCheck weak(std::string name, std::string detail, std::string remedy) {
  return {std::move(name), State::degraded, std::move(detail), std::move(remedy)};
}

// 5.14 brought the last call that boxes are made with (cgroup.kill); mount_setattr came with 5.12.
HealthCheck kernel() {
  utsname name{};
  int major = 0;
  int minor = 0;
  if (::uname(&name) != 0 || std::sscanf(name.release, "%d.%d", &major, &minor) != 2) {
    return bad("kernel", "its version cannot be read", "run on Linux 5.14 or later");
  }
  if (major < 5 || (major == 5 && minor < 14)) {
    return bad("kernel", std::string{name.release} + " is too old", "run on Linux 5.14 or later");
  }
  return good("kernel", name.release);
}

HealthCheck namespaces() {
  std::vector<std::string> missing;
  for (const char* kind : {"mnt", "pid", "ipc", "uts", "net", "cgroup", "user"}) {
    if (::access((std::string{"/proc/self/ns/"} + kind).c_str(), F_OK) != 0)
      missing.push_back(kind);
  }
  if (!missing.empty()) {
    return bad("namespaces", "the kernel lacks " + join(missing, ", "),
               "use a kernel with these namespaces compiled in");
  }
  return good("namespaces", "mnt, pid, ipc, uts, net, cgroup, user");
}

HealthCheck seccomp() {
  const std::string actions = read_line("/proc/sys/kernel/seccomp/actions_avail");
  if (actions.find("errno") == std::string::npos ||
      actions.find("kill_process") == std::string::npos) {
    return bad("seccomp", "filters are not available", "use a kernel with CONFIG_SECCOMP_FILTER");
  }
  return good("seccomp", "filters available");
}

HealthCheck rights(const HostQuestion& question) {
  if (question.rootless) {
    const std::string most = read_line("/proc/sys/user/max_user_namespaces");
    const std::string allowed = read_line("/proc/sys/kernel/unprivileged_userns_clone");
    if (most == "0" || allowed == "0") {
      return bad("privileges", "unprivileged user namespaces are switched off",
                 "start as root, or set user.max_user_namespaces and "
                 "kernel.unprivileged_userns_clone");
    }
    return good("privileges", "rootless, in a user namespace");
  }
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> data{};
  ::syscall(SYS_capget, &header, data.data());
  std::vector<std::string> missing;
  const std::array<std::pair<unsigned, const char*>, 6> needed{{{CAP_SYS_ADMIN, "SYS_ADMIN"},
                                                                {CAP_SETUID, "SETUID"},
                                                                {CAP_SETGID, "SETGID"},
                                                                {CAP_KILL, "KILL"},
                                                                {CAP_NET_ADMIN, "NET_ADMIN"},
                                                                {CAP_SETPCAP, "SETPCAP"}}};
  for (const auto& [bit, name] : needed) {
    if ((data[0].permitted & (1U << bit)) == 0) missing.emplace_back(name);
  }
  if (!missing.empty()) {
    return bad("privileges", "root without the capabilities " + join(missing, ", "),
               "grant them to the service or the container, or start as a plain user");
  }
  return good("privileges", "root");
}

HealthCheck cgroups(const HostQuestion& question) {
  const auto host = find_cgroups();
  const bool none = !host || host->kind == wire::CgroupKind::none;
  if (none && question.insecure_no_cgroup_limits) {
    return weak("cgroup", "INSECURE: limits on memory, processes and CPU are not enforced",
                "do not use --insecure-no-cgroup-limits for anybody's code but your own");
  }
  if (!host) return bad("cgroup", host.error().message, "mount /proc");
  if (none) {
    return bad("cgroup", "no hierarchy offers " + join(host->missing, ", "),
               "mount cgroup2 with the controllers memory, pids and cpu");
  }
  if (host->kind == wire::CgroupKind::v1) {
    const auto& memory = host->hierarchies[wire::kMemory].mount_point;
    if (has_swap("") && ::access((memory + "/memory.memsw.limit_in_bytes").c_str(), F_OK) != 0) {
      return bad("cgroup", "v1 without swap accounting, and the machine has swap",
                 "boot with swapaccount=1, or switch swap off");
    }
    return good("cgroup", "v1: memory, pids, cpu, cpuacct");
  }
  const std::string boot = " " + read_line("/proc/cmdline") + " ";
  if (has_swap("") && boot.find(" swapaccount=0 ") != std::string::npos) {
    return bad("cgroup", "v2 without swap accounting, and the machine has swap",
               "boot without swapaccount=0, or switch swap off");
  }
  return good("cgroup", "v2: memory, pids, cpu");
}

}  // namespace

std::vector<HealthCheck> check_host(const HostQuestion& question) {
  std::vector<HealthCheck> checks{kernel(), namespaces(), seccomp(), rights(question),
                                  cgroups(question)};
  for (auto& finding : check_settings("")) checks.push_back(std::move(finding));
  return checks;
}

}  // namespace cex::sandbox
