// SPDX-License-Identifier: Apache-2.0
// requires: ID-2 OU-1
// about: changes the pipes that it shares with the server: non-blocking, asynchronous, tiny, huge, full
#include "attack.h"

int main(void) {
  for (int fd = 0; fd < 3; ++fd) {
    struct stat status;
    must("a pipe", fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode));
    fcntl(fd, F_SETOWN, getpid());
    fcntl(fd, F_SETPIPE_SZ, 4096);
    fcntl(fd, F_SETPIPE_SZ, 1 << 20);
    fcntl(fd, F_SETFL, O_NONBLOCK);
  }
  refused("the server's end by /proc", open("/proc/self/fd/3", O_RDONLY), ENOENT);
  char byte;
  int other = open("/dev/stdout", O_RDONLY | O_NONBLOCK);
  if (other >= 0) must("its own output only", read(other, &byte, 1) <= 0);
  fcntl(1, F_SETFL, 0);
  return verdict();
}
