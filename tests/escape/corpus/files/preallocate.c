// SPDX-License-Identifier: Apache-2.0
// requires: FS-6
// about: preallocates with KEEP_SIZE, which the limit on file sizes does not see
// limits: disk_bytes=8388608
#include "attack.h"

int main(void) {
  signal(SIGXFSZ, SIG_IGN);
  int fd = open("/tmp/big", O_RDWR | O_CREAT, 0600);
  refused("ten gigabytes", fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 10L << 30), 0);
  refused("twice the disk", fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 16L << 20), ENOSPC);
  struct stat status;
  must("nothing beyond the disk is allocated",
       fstat(fd, &status) == 0 && status.st_blocks * 512 <= 8388608);
  return verdict();
}
