// SPDX-License-Identifier: Apache-2.0
#include "core/launcher/mounts.hpp"

#include <linux/mount.h>

#include "core/launcher/raw.hpp"

namespace cex::launcher {

int open_tree(int dir, const char* path, unsigned flags) {
  return static_cast<int>(raw::call(SYS_open_tree, dir, path, flags));
}

int move_mount_to(int mount, int dir, const char* target) {
  return static_cast<int>(
      raw::call(SYS_move_mount, mount, "", dir, target, MOVE_MOUNT_F_EMPTY_PATH));
}

int set_mount_flags(int mount, std::uint64_t flags, unsigned at_flags) {
  mount_attr attributes{};
  attributes.attr_set = flags;
  attributes.propagation = 1UL << 18U;  // MS_PRIVATE
  return static_cast<int>(raw::call(SYS_mount_setattr, mount, "", at_flags | AT_EMPTY_PATH,
                                    &attributes, sizeof(attributes)));
}

bool set_option(int context, const char* key, const char* value) {
  return raw::call(SYS_fsconfig, context, FSCONFIG_SET_STRING, key, value, 0L) == 0;
}

bool set_number(int context, const char* key, std::uint64_t value) {
  char text[24];
  raw::decimal(value, text);
  return set_option(context, key, text);
}

int finish_mount(int context, unsigned mount_flags) {
  if (raw::call(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, nullptr, nullptr, 0L) != 0) return -1;
  return static_cast<int>(raw::call(SYS_fsmount, context, FSMOUNT_CLOEXEC, mount_flags));
}

int resize_tmpfs(int mount, std::uint64_t bytes, std::uint64_t inodes) {
  const int context =
      static_cast<int>(raw::call(SYS_fspick, mount, "", FSPICK_CLOEXEC | FSPICK_EMPTY_PATH));
  if (context < 0) return -1;
  const bool done =
      set_number(context, "size", bytes) && set_number(context, "nr_inodes", inodes) &&
      raw::call(SYS_fsconfig, context, FSCONFIG_CMD_RECONFIGURE, nullptr, nullptr, 0L) == 0;
  const int saved = errno;
  raw::close(context);
  errno = saved;
  return done ? 0 : -1;
}

}  // namespace cex::launcher
