// SPDX-License-Identifier: Apache-2.0
// requires: MM-2
// about: keeps data in as many full pipes as there may be
// status: memory_limit ok
// stdout: any
// limits: memory_bytes=33554432 open_files=4096 wall_ms=8000 cpu_ms=8000
// beside: neighbour
#include "attack.h"

int main(void) {
  static char block[65536];
  long sum = 0;
  for (int i = 0; i < 2000; ++i) {
    int pair[2];
    if (pipe2(pair, O_NONBLOCK) != 0) break;
    fcntl(pair[1], F_SETPIPE_SZ, 1 << 20);
    for (ssize_t n; (n = write(pair[1], block, sizeof(block))) > 0;) sum += n;
  }
  if (sum > 64 << 20) through("%ld bytes in pipes", sum);
  return verdict();
}
