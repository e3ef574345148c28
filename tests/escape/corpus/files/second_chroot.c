// SPDX-License-Identifier: Apache-2.0
// requires: FS-1
// about: the classic way out of a chroot: another one, then up
#include "attack.h"

int main(void) {
  mkdir("/tmp/jail", 0755);
  refused("chroot", chroot("/tmp/jail"), EPERM);
  refused("pivot_root", syscall(SYS_pivot_root, "/tmp", "/tmp/jail"), EPERM);
  return verdict();
}
