// SPDX-License-Identifier: Apache-2.0
#include "core/sandbox/host_settings.hpp"

#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <system_error>

#include "core/base/files.hpp"
#include "core/base/text.hpp"

namespace cex::sandbox {
namespace {

namespace fs = std::filesystem;

using State = HealthCheck::State;

class Settings {
 public:
  explicit Settings(const std::string& root) : root_{root} {}

  [[nodiscard]] std::vector<HealthCheck> findings() && {
    core_dumps();
    links();
    numbers();
    swap();
    crypto_sockets();
    container();
    kernel();
    return std::move(findings_);
  }

 private:
  void weak(std::string name, std::string detail, std::string remedy) {
    findings_.push_back({std::move(name), State::degraded, std::move(detail), std::move(remedy)});
  }

  [[nodiscard]] std::string text(const std::string& path) const {
    return std::string{trim(read_text_file(root_ + path))};
  }

  void core_dumps() {
    if (!text("/proc/sys/kernel/core_pattern").starts_with('|')) return;
    weak("core dumps", "core_pattern starts a program for every crash",
         "boxes set RLIMIT_CORE to 1, which keeps it from being started; better: sysctl "
         "kernel.core_pattern=core");
  }

  void links() {
    for (const std::string name : {"hardlinks", "symlinks", "fifos", "regular"}) {
      const std::string setting = "protected_" + name;
      if (text("/proc/sys/fs/" + setting) != "0") continue;
      weak(name, "fs." + setting + " is 0", "sysctl fs." + setting + "=1");
    }
  }

  void numbers() {
    if (text("/proc/sys/kernel/unprivileged_bpf_disabled") == "0") {
      weak("bpf", "unprivileged users of this host may load BPF programs",
           "sysctl kernel.unprivileged_bpf_disabled=1 (boxes cannot in any case)");
    }
    const std::string paranoid = text("/proc/sys/kernel/perf_event_paranoid");
    if (paranoid == "1" || paranoid == "0" || paranoid == "-1") {
      weak("perf", "unprivileged users of this host may measure the kernel or each other",
           "sysctl kernel.perf_event_paranoid=2 (boxes cannot in any case)");
    }
    if (text("/sys/devices/system/cpu/smt/active") == "1") {
      weak("smt", "two threads share a core, so that a job may observe its neighbour's timing",
           "where tenants must not trust each other, boot with nosmt");
    }
  }

  void swap() {
    if (!has_swap(root_)) return;
    weak("swap", "memory of the server, with sources and results, may be written to swap",
         "switch it off or encrypt it (boxes cannot swap)");
  }

  // Bugs behind these sockets made root of plain users more than once. No box can open one; other
  // programs of this host can.
  void crypto_sockets() {
    const std::string release = text("/proc/sys/kernel/osrelease");
    const bool loaded = ("\n" + text("/proc/modules")).find("\naf_alg ") != std::string::npos;
    const bool there =
        text("/lib/modules/" + release + "/modules.dep").find("/af_alg.ko") != std::string::npos;
    const bool locked = text("/proc/sys/kernel/modules_disabled") == "1";
    if (!loaded && (!there || locked || is_blocked("af_alg"))) return;
    weak("af_alg", "any user of this host can load the kernel's crypto sockets",
         "echo 'install af_alg /bin/false' > /etc/modprobe.d/no-af-alg.conf (boxes cannot in any "
         "case)");
  }

  [[nodiscard]] bool is_blocked(const std::string& module) const {
    for (const char* folder : {"/etc/modprobe.d", "/lib/modprobe.d", "/usr/lib/modprobe.d"}) {
      std::error_code error;
      for (const auto& item : fs::directory_iterator{root_ + folder, error}) {
        const std::string rules = "\n" + read_text_file(item.path().string());
        if (rules.find("\ninstall " + module + " ") != std::string::npos) return true;
      }
    }
    return false;
  }

  void container() {
    std::error_code error;
    if (!fs::exists(root_ + "/.dockerenv", error) &&
        !fs::exists(root_ + "/run/.containerenv", error)) {
      return;
    }
    const std::string last = text("/proc/sys/kernel/cap_last_cap");
    const auto number = parse_u64(last);
    const auto status = read_text_file(root_ + "/proc/self/status");
    if (!number || *number > 62) return;
    std::array<char, 32> all{};
    std::snprintf(all.data(), all.size(), "CapBnd:\t%016llx",
                  static_cast<unsigned long long>((std::uint64_t{2} << *number) - 1));
    if (status.find(all.data()) == std::string::npos) return;
    weak("container", "this container has every capability, as --privileged gives",
         "give it the capabilities and the cgroup it needs; see the operating manual");
  }

  void kernel() {
    utsname name{};
    if (root_.empty() && ::uname(&name) != 0) return;
    const std::string release = root_.empty() ? name.release : text("/proc/sys/kernel/osrelease");
    const std::string version = root_.empty() ? name.version : text("/proc/sys/kernel/version");
    const auto bugs = known_bugs(release, version);
    if (bugs.empty()) return;
    weak("known kernel bugs", release + " has " + join(bugs, ", "),
         "install the distribution's newest kernel and restart");
  }

  std::string root_;
  std::vector<HealthCheck> findings_;
};

struct Version {
  int major{0};
  int minor{0};
  int patch{0};
  friend auto operator<=>(const Version&, const Version&) = default;
};

std::optional<Version> parse_version(const std::string& text) {
  Version version;
  if (std::sscanf(text.c_str(), "%d.%d.%d", &version.major, &version.minor, &version.patch) != 3) {
    return std::nullopt;
  }
  return version;
}

// Debian's release says 6.1.0 for ever; "#1 SMP ... Debian 6.1.76-1 (2024-02-01)" tells the truth.
// A patch number of 0 elsewhere means that a distribution counts for itself.
std::optional<Version> upstream_version(const std::string& release, const std::string& version) {
  constexpr std::string_view kMark = "Debian ";
  if (const auto at = version.find(kMark); at != std::string::npos) {
    return parse_version(version.substr(at + kMark.size()));
  }
  const auto found = parse_version(release);
  return found && found->patch > 0 ? found : std::nullopt;
}

// State of the list: March 2024. For each line of kernels the first version without the bug; lines
// that are not named never had it, or ended before it was found.
struct KnownBug {
  const char* name;
  std::array<Version, 4> fixed;
};
constexpr std::array<KnownBug, 3> kKnownBugs{{
    {"CVE-2022-0185", {{{5, 14, 9999}, {5, 15, 16}, {5, 16, 2}, {}}}},
    {"CVE-2022-0847", {{{5, 14, 9999}, {5, 15, 25}, {5, 16, 11}, {}}}},
    {"CVE-2024-1086", {{{5, 15, 149}, {6, 1, 76}, {6, 6, 15}, {6, 7, 3}}}},
}};

}  // namespace

std::vector<HealthCheck> check_settings(const std::string& root) {
  return Settings{root}.findings();
}

bool has_swap(const std::string& root) {
  const std::string swaps = read_text_file(root + "/proc/swaps");
  return trim(swaps).find('\n') != std::string_view::npos;  // a line of titles, then one for each
}

std::vector<std::string> known_bugs(const std::string& release, const std::string& version) {
  std::vector<std::string> found;
  const auto running = upstream_version(release, version);
  if (!running) return found;
  for (const KnownBug& bug : kKnownBugs) {
    const bool has = std::any_of(bug.fixed.begin(), bug.fixed.end(), [&](const Version& fixed) {
      return fixed.major == running->major && fixed.minor == running->minor && *running < fixed;
    });
    if (has) found.emplace_back(bug.name);
  }
  return found;
}

}  // namespace cex::sandbox
