// SPDX-License-Identifier: Apache-2.0
// requires: FS-1 FS-3
// about: every call that changes mounts or namespaces, without arguments: the filter must answer, not the kernel
#include "attack.h"

int main(void) {
  const struct call calls[] = {
      {"unshare", SYS_unshare},
      {"setns", SYS_setns},
      {"mount", SYS_mount},
      {"umount2", SYS_umount2},
      {"pivot_root", SYS_pivot_root},
      {"chroot", SYS_chroot},
      {"fsopen", SYS_fsopen},
      {"fsconfig", SYS_fsconfig},
      {"fsmount", SYS_fsmount},
      {"fspick", SYS_fspick},
      {"open_tree", SYS_open_tree},
      {"move_mount", SYS_move_mount},
      {"mount_setattr", SYS_mount_setattr},
      {"quotactl", SYS_quotactl},
      {"quotactl_fd", 443},
      {"statmount", 457},
      {"listmount", 458},
      {"open_tree_attr", 467},
      {"swapon", SYS_swapon},
      {"swapoff", SYS_swapoff},
      {"clone3", SYS_clone3},
  };
  calls_refused(calls, sizeof(calls) / sizeof(*calls));
  return verdict();
}
