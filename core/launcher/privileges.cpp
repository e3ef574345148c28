// SPDX-License-Identifier: Apache-2.0
#include "core/launcher/privileges.hpp"

#include <linux/capability.h>
#include <linux/securebits.h>
#include <sched.h>
#include <sys/prctl.h>

#include <cstdint>

#include "core/launcher/channel.hpp"
#include "core/launcher/kernel_shares.hpp"
#include "core/launcher/raw.hpp"

namespace cex::launcher {
namespace {

using wire::Stage;

struct CapabilitySets {
  std::uint64_t effective{0};
  std::uint64_t permitted{0};
  std::uint64_t inheritable{0};
};

bool get_capabilities(CapabilitySets& sets) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2]{};
  if (raw::call(SYS_capget, &header, data) != 0) return false;
  sets.effective = data[0].effective | (std::uint64_t{data[1].effective} << 32U);
  sets.permitted = data[0].permitted | (std::uint64_t{data[1].permitted} << 32U);
  sets.inheritable = data[0].inheritable | (std::uint64_t{data[1].inheritable} << 32U);
  return true;
}

bool set_capabilities(std::uint64_t keep) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2]{};
  data[0].effective = data[0].permitted = static_cast<std::uint32_t>(keep);
  data[1].effective = data[1].permitted = static_cast<std::uint32_t>(keep >> 32U);
  return raw::call(SYS_capset, &header, data) == 0;
}

constexpr std::uint64_t bit(unsigned capability) {
  return std::uint64_t{1} << capability;
}

// SYS_ADMIN: namespaces, mounts. SETUID, SETGID: a box's ids. KILL: its processes, which have other
// ids than ours. NET_ADMIN: the box's loopback. SYS_RESOURCE only where the host grants it.
constexpr std::uint64_t kKept = bit(CAP_SYS_ADMIN) | bit(CAP_SETUID) | bit(CAP_SETGID) |
                                bit(CAP_KILL) | bit(CAP_NET_ADMIN) | bit(CAP_SYS_RESOURCE);
constexpr std::uint64_t kNeeded = kKept & ~bit(CAP_SYS_RESOURCE);

bool write_file(const char* path, const char* text, std::size_t size) {
  const int fd = raw::openat(AT_FDCWD, path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool written = raw::write(fd, text, size) == static_cast<long>(size);
  const int saved = errno;
  raw::close(fd);
  errno = saved;
  return written;
}

// "INNER OUTER 1"
bool write_map(const char* path, std::uint32_t inner, std::uint32_t outer) {
  char line[64];
  std::size_t size = raw::decimal(inner, line);
  line[size++] = ' ';
  size += raw::decimal(outer, line + size);
  line[size++] = ' ';
  line[size++] = '1';
  return write_file(path, line, size);
}

bool map_own_id(const wire::Configure& configure) {
  // Without this the kernel refuses a gid map from an unprivileged process.
  return write_file("/proc/self/setgroups", "deny", 4) &&
         write_map("/proc/self/uid_map", configure.uid_base, configure.outer_uid) &&
         write_map("/proc/self/gid_map", configure.uid_base, configure.outer_gid);
}

// More than the own id only a set-user-ID helper may map, and only the server may start one.
bool have_ids_mapped(const wire::Configure& configure) {
  wire::Plain message{};
  message.header.type = wire::Type::map_ids;
  if (!send_message(wire::kControlFd, &message, sizeof(message))) return false;
  const Incoming incoming = receive_message(wire::kControlFd, &message, sizeof(message));
  close_all(incoming);
  if (!is(message, incoming.size, wire::Type::ids_mapped)) {
    errno = EPROTO;
    return false;
  }
  const auto own = static_cast<long>(wire::launcher_id(configure));
  if (raw::call(SYS_getuid) == own && raw::call(SYS_getgid) == own) return true;
  errno = EPERM;
  return false;
}

bool enter_user_namespace(const Settings& settings) {
  const auto& configure = settings.configure;
  if (raw::call(SYS_unshare, static_cast<unsigned long>(CLONE_NEWUSER)) != 0) return false;
  return configure.own_ids == 0 ? map_own_id(configure) : have_ids_mapped(configure);
}

constexpr unsigned long kSecurebits = SECBIT_NOROOT | SECBIT_NOROOT_LOCKED |
                                      SECBIT_KEEP_CAPS_LOCKED | SECBIT_NO_CAP_AMBIENT_RAISE |
                                      SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED;

bool bounding_set_is_empty() {
  for (unsigned long capability = 0; capability < 64; ++capability) {
    const int in_it = raw::prctl(PR_CAPBSET_READ, capability);
    if (in_it < 0) return capability > 0;  // beyond the last one the kernel knows
    if (in_it != 0) return false;
  }
  return true;
}

}  // namespace

wire::Report failed(wire::Stage stage, int index) {
  wire::Report report{};
  report.header.type = wire::Type::broken;
  report.stage = stage;
  report.index = index;
  report.sys_errno = errno;
  return report;
}

wire::Report take_privileges(const Settings& settings) {
  if (settings.configure.rootless != 0 && !enter_user_namespace(settings)) {
    return failed(Stage::privileges, 1);
  }
  if (settings.configure.rootless != 0 && settings.configure.own_ids != 0) {
    if (const wire::Report report = share_kernel_quotas(settings); !succeeded(report))
      return report;
  }
  // Slots and inits inherit it, a job takes it off: on v1 a slot lives in its job's memory group,
  // and must not go when the job has eaten all. Where the host does not grant it, the job's own
  // score of 1000 still makes it the first to go.
  static_cast<void>(write_file("/proc/self/oom_score_adj", "-1000", 5));
  CapabilitySets have{};
  if (!get_capabilities(have)) return failed(Stage::privileges, 2);
  if ((have.permitted & kNeeded) != kNeeded) {
    errno = EPERM;
    return failed(Stage::privileges, 3);
  }
  // For all boxes, whose filter refuses the call. With one id the namespace denies it.
  if (settings.configure.own_ids != 0 && raw::call(SYS_setgroups, 0L, nullptr) != 0) {
    return failed(Stage::privileges, 8);
  }
  if (raw::prctl(PR_SET_SECUREBITS, kSecurebits) != 0) return failed(Stage::privileges, 4);
  // The bounding set limits what an exec can gain; ours never gains anything by exec.
  for (unsigned long capability = 0; capability < 64; ++capability) {
    if (raw::prctl(PR_CAPBSET_READ, capability) < 0) break;  // beyond the last one the kernel knows
    if (raw::prctl(PR_CAPBSET_DROP, capability) != 0) {
      return failed(Stage::privileges, static_cast<int>(capability) + 100);
    }
  }
  if (!set_capabilities(have.permitted & kKept)) return failed(Stage::privileges, 5);
  if (raw::prctl(PR_SET_NO_NEW_PRIVS, 1) != 0) return failed(Stage::privileges, 6);
  // Nothing that runs later may read this process's memory or descriptors through /proc.
  if (raw::prctl(PR_SET_DUMPABLE, 0) != 0) return failed(Stage::privileges, 7);
  return {};
}

wire::Report give_up_privileges(const Settings& settings, std::uint32_t uid) {
  if (settings.configure.own_ids != 0) {  // else there is only one id to be
    if (raw::call(SYS_getgroups, 0L, nullptr) != 0) {
      errno = EPERM;
      return failed(Stage::credentials, 1);
    }
    if (raw::call(SYS_setresgid, uid, uid, uid) != 0) return failed(Stage::credentials, 2);
    if (raw::call(SYS_setresuid, uid, uid, uid) != 0) return failed(Stage::credentials, 3);
  }
  if (raw::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL) != 0) {
    return failed(Stage::credentials, 4);
  }
  if (!set_capabilities(0)) return failed(Stage::credentials, 5);

  std::uint32_t ids[3]{};
  if (raw::call(SYS_getresuid, &ids[0], &ids[1], &ids[2]) != 0 || ids[0] != uid || ids[1] != uid ||
      ids[2] != uid) {
    return failed(Stage::credentials, 6);
  }
  if (raw::call(SYS_getresgid, &ids[0], &ids[1], &ids[2]) != 0 || ids[0] != uid || ids[1] != uid ||
      ids[2] != uid) {
    return failed(Stage::credentials, 7);
  }
  CapabilitySets left{};
  if (!get_capabilities(left) || (left.permitted | left.effective | left.inheritable) != 0) {
    return failed(Stage::credentials, 8);
  }
  if (raw::prctl(PR_SET_NO_NEW_PRIVS, 1) != 0) return failed(Stage::credentials, 9);
  if (raw::prctl(PR_SET_DUMPABLE, 0) != 0) return failed(Stage::credentials, 10);
  if (raw::prctl(PR_GET_SECUREBITS) != static_cast<int>(kSecurebits) || !bounding_set_is_empty() ||
      raw::prctl(PR_GET_NO_NEW_PRIVS) != 1) {
    errno = EPERM;
    return failed(Stage::credentials, 11);
  }
  return {};
}

}  // namespace cex::launcher
