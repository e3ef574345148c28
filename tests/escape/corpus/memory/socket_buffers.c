// SPDX-License-Identifier: Apache-2.0
// requires: MM-2
// about: keeps data in as many full sockets as there may be
// status: memory_limit ok
// stdout: any
// limits: memory_bytes=33554432 open_files=4096 wall_ms=8000 cpu_ms=8000
// beside: neighbour
#include "attack.h"

#include <sys/socket.h>

int main(void) {
  static char block[65536];
  long sum = 0;
  for (int i = 0; i < 2000; ++i) {
    int pair[2], size = 1 << 24;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) != 0) break;
    setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
    for (ssize_t n; (n = write(pair[0], block, sizeof(block))) > 0;) sum += n;
  }
  if (sum > 64 << 20) through("%ld bytes in sockets", sum);
  return verdict();
}
