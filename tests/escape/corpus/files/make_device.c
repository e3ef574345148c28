// SPDX-License-Identifier: Apache-2.0
// requires: FS-5
// about: makes device nodes; a FIFO, which is harmless, must work
#include "attack.h"

#include <sys/sysmacros.h>

int main(void) {
  refused("mknod block", mknod("/box/b", S_IFBLK | 0600, makedev(8, 0)), EPERM);
  refused("mknod character", mknod("/tmp/c", S_IFCHR | 0600, makedev(1, 1)), EPERM);
  refused("mknodat", mknodat(AT_FDCWD, "/dev/shm/c", S_IFCHR | 0600, makedev(5, 2)), EPERM);
  refused("mknod with high bits",
          syscall(SYS_mknod, "/box/h", 0xffff000000000000UL | S_IFCHR | 0600, makedev(1, 1)), 0);
  must("a FIFO", mkfifo("/box/fifo", 0600) == 0);
  return verdict();
}
