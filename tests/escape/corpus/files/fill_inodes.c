// SPDX-License-Identifier: Apache-2.0
// requires: FS-6
// about: makes empty files until there are no more
// limits: disk_bytes=8388608 memory_bytes=268435456
// beside: neighbour
#include "attack.h"

int main(void) {
  char name[64];
  long made = 0;
  for (; made < 100000; ++made) {
    snprintf(name, sizeof(name), "/tmp/f%ld", made);
    int fd = open(name, O_WRONLY | O_CREAT, 0600);
    if (fd < 0) break;
    close(fd);
  }
  if (made > 8388608 / 4096) through("%ld files", made);
  must("some files can be made", made > 100);
  return verdict();
}
