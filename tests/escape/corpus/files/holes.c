// SPDX-License-Identifier: Apache-2.0
// requires: FS-6
// about: a file of a terabyte that is all hole, and a write far beyond the limit on file sizes
// limits: file_size_bytes=1048576
#include "attack.h"

int main(void) {
  signal(SIGXFSZ, SIG_IGN);
  int fd = open("/tmp/hole", O_RDWR | O_CREAT, 0600);
  refused("ftruncate", ftruncate(fd, 1L << 40), EFBIG);
  refused("pwrite", pwrite(fd, "x", 1, 1L << 40), EFBIG);
  refused("fallocate", fallocate(fd, 0, 0, 1L << 40), EFBIG);
  struct stat status;
  must("the file stayed small", fstat(fd, &status) == 0 && status.st_size <= 1048576);
  return verdict();
}
