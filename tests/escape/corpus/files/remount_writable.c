// SPDX-License-Identifier: Apache-2.0
// requires: FS-3
// about: asks the kernel to make a mount writable, in the old way and the new
#include "attack.h"

#include <sys/mount.h>

int main(void) {
  struct mount_attr attributes = {.attr_clr = MOUNT_ATTR_RDONLY};
  refused("remount", mount("none", "/usr", NULL, MS_REMOUNT | MS_BIND, NULL), EPERM);
  refused("bind", mount("/tmp", "/usr", NULL, MS_BIND, NULL), EPERM);
  refused(
      "mount_setattr",
      syscall(SYS_mount_setattr, AT_FDCWD, "/usr", AT_RECURSIVE, &attributes, sizeof(attributes)),
      EPERM);
  refused("open_tree", syscall(SYS_open_tree, AT_FDCWD, "/usr", 1), EPERM);
  refused("move_mount", syscall(SYS_move_mount, AT_FDCWD, "/tmp", AT_FDCWD, "/usr", 0), EPERM);
  refused("fsopen", syscall(SYS_fsopen, "tmpfs", 0), EPERM);
  refused("umount", umount2("/proc", MNT_DETACH), EPERM);
  return verdict();
}
