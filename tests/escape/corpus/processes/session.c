// SPDX-License-Identifier: Apache-2.0
// requires: ID-1
// about: looks for a terminal, a foreign session and ways to type into one
#include "attack.h"

#include <sys/ioctl.h>

int main(void) {
  must("a session of its own", getsid(0) == getpid() && getpgrp() == getpid());
  refused("/dev/tty", open("/dev/tty", O_RDWR), 0);
  for (int fd = 0; fd < 3; ++fd) {
    must("no terminal", !isatty(fd));
    refused("TIOCSTI", ioctl(fd, TIOCSTI, "x"), 0);
    refused("TIOCSCTTY", ioctl(fd, TIOCSCTTY, 0), 0);
    refused("TIOCSTI with high bits", syscall(SYS_ioctl, (long)fd, 0xffff000000005412UL, "x"), 0);
    refused("TIOCLINUX", ioctl(fd, 0x541c, "x"), 0);
  }
  return verdict();
}
