// SPDX-License-Identifier: Apache-2.0
#include "core/launcher/kernel_shares.hpp"

#include <cstdint>

#include "core/launcher/cgroup_file.hpp"
#include "core/launcher/raw.hpp"

namespace cex::launcher {
namespace {

struct Quota {
  const char* whole;  ///< of every user
  const char* part;   ///< of every id in this namespace
};

constexpr Quota kQuotas[] = {
    {"/proc/sys/fs/inotify/max_user_instances", "/proc/sys/user/max_inotify_instances"},
    {"/proc/sys/fs/inotify/max_user_watches", "/proc/sys/user/max_inotify_watches"},
};

// A quarter stays for what else the maker of the namespace runs. One each is the least that is of
// use; with more slots than the kernel has instances that is more than there is.
bool share(const Quota& quota, std::uint32_t slots) {
  int whole = raw::openat(AT_FDCWD, quota.whole, O_RDONLY | O_CLOEXEC);
  if (whole < 0) return errno == ENOENT;  // a kernel without inotify
  const std::uint64_t each = read_number(whole) / 4 * 3 / slots;
  raw::reset(whole);
  int part = raw::openat(AT_FDCWD, quota.part, O_WRONLY | O_CLOEXEC);
  if (part < 0) return false;
  const bool written = write_number(part, each > 0 ? each : 1);
  const int why = errno;
  raw::reset(part);
  errno = why;
  return written;
}

}  // namespace

wire::Report share_kernel_quotas(const Settings& settings) {
  int index = 0;
  for (const Quota& quota : kQuotas) {
    if (!share(quota, settings.configure.slots)) return failed(wire::Stage::privileges, 20 + index);
    ++index;
  }
  return {};
}

}  // namespace cex::launcher
