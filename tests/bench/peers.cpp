// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/peers.hpp"

#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <utility>

#include <nlohmann/json.hpp>

namespace cex::bench {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kCgroup = "code-executor-bench";

json tmpfs(const char* where, const char* devices) {
  return {{"destination", where},
          {"type", "tmpfs"},
          {"source", "tmpfs"},
          {"options", {"nosuid", devices, "mode=0755", "size=64m", "nr_inodes=16k"}}};
}

// What `runc spec` would call config.json: a box like ours.
json oci_bundle(const std::vector<std::string>& program) {
  return {{"ociVersion", "1.0.2"},
          {"process",
           {{"terminal", false},
            {"user", {{"uid", 65534}, {"gid", 65534}}},
            {"args", program},
            {"env", {"PATH=/usr/bin:/bin"}},
            {"cwd", "/"},
            {"noNewPrivileges", true}}},
          {"root", {{"path", "rootfs"}, {"readonly", true}}},
          {"hostname", "box"},
          {"mounts",
           {{{"destination", "/proc"}, {"type", "proc"}, {"source", "proc"}},
            {{"destination", "/usr"},
             {"type", "none"},
             {"source", "/usr"},
             {"options", {"rbind", "ro", "nosuid", "nodev"}}},
            tmpfs("/dev", "dev"),
            tmpfs("/tmp", "nodev")}},
          {"linux",
           {{"cgroupsPath", std::string{"/"} + kCgroup + "/box"},
            {"resources", {{"memory", {{"limit", 256 << 20}}}, {"pids", {{"limit", 64}}}}},
            {"namespaces",
             {{{"type", "pid"}},
              {{"type", "ipc"}},
              {{"type", "uts"}},
              {{"type", "mount"}},
              {{"type", "network"}}}}}}};
}

void write_bundle(const fs::path& bundle, const std::vector<std::string>& program) {
  const auto root = bundle / "rootfs";
  for (const char* name : {"usr", "proc", "dev", "tmp"}) fs::create_directories(root / name);
  for (const char* name : {"bin", "lib", "lib64"}) {
    fs::create_symlink(fs::path{"usr"} / name, root / name);
  }
  std::ofstream{bundle / "config.json"} << oci_bundle(program);
}

}  // namespace

Peers::Peers(fs::path folder, std::vector<std::string> program)
    : folder_{std::move(folder)}, program_{std::move(program)} {
  write_bundle(folder_, program_);
}

std::vector<Peer> Peers::all() const {
  std::vector<Peer> found;
  const auto add = [&found](const std::string& name, std::vector<std::string> command,
                            const std::vector<std::string>& more) {
    if (::access(command[0].c_str(), X_OK) != 0) {
      std::printf("  %s is not installed (%s)\n", name.c_str(), command[0].c_str());
      return;
    }
    command.insert(command.end(), more.begin(), more.end());
    found.push_back({name, std::move(command)});
  };
  add("bubblewrap",
      {"/usr/bin/bwrap", "--ro-bind", "/usr", "/usr", "--symlink", "usr/lib64", "/lib64",
       "--symlink", "usr/lib", "/lib", "--proc", "/proc", "--dev", "/dev", "--unshare-all",
       "--die-with-parent"},
      program_);
  add("firejail", {"/usr/bin/firejail", "--quiet", "--noprofile", "--net=none", "--private"},
      program_);
  add("runc", {"/usr/sbin/runc", "run", "--bundle", folder_.string()}, {"cex-bench-runc"});
  add("crun", {"/usr/bin/crun", "run", "--bundle", folder_.string()}, {"cex-bench-crun"});
  return found;
}

std::vector<std::string> Peers::tidy_command() {
  return {"/usr/bin/find", "/sys/fs/cgroup", "-maxdepth", "2", "-name", kCgroup, "-delete"};
}

}  // namespace cex::bench
