// SPDX-License-Identifier: Apache-2.0
// requires: MM-2
// about: memory behind a descriptor, not mapped anywhere
// status: memory_limit disk_limit ok
// stdout: any
// limits: memory_bytes=33554432 wall_ms=8000 cpu_ms=8000
#include "attack.h"

int main(void) {
  static char block[1 << 20];
  memset(block, 1, sizeof(block));
  signal(SIGXFSZ, SIG_IGN);
  long sum = 0;
  for (int i = 0; i < 16; ++i) {
    int fd = memfd_create("x", 0);
    for (ssize_t n; (n = write(fd, block, sizeof(block))) > 0;) sum += n;
  }
  if (sum > 64 << 20) through("%ld bytes in memfds", sum);
  return verdict();
}
