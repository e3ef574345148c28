// SPDX-License-Identifier: Apache-2.0
// requires: MM-2 FS-6
// about: the disk is memory too: fills a disk that is larger than the memory limit
// limits: memory_bytes=33554432 disk_bytes=167772160 file_size_bytes=167772160 wall_ms=8000 cpu_ms=8000
// status: memory_limit
// stdout: any
// beside: neighbour
#include "attack.h"

int main(void) {
  static char block[1 << 20];
  memset(block, 1, sizeof(block));
  int fd = open("/tmp/fill", O_WRONLY | O_CREAT, 0600);
  long sum = 0;
  for (ssize_t n; (n = write(fd, block, sizeof(block))) > 0;) sum += n;
  through("%ld bytes of files", sum);
}
