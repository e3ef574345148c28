// SPDX-License-Identifier: Apache-2.0
// requires: FS-10 OU-4
// about: more and larger result files than anybody should carry
// artifacts: **
// limits: disk_bytes=67108864 file_size_bytes=67108864
#include "attack.h"

int main(void) {
  char name[64];
  for (int i = 0; i < 5000; ++i) {
    snprintf(name, sizeof(name), "/box/r%d.txt", i);
    int fd = open(name, O_WRONLY | O_CREAT, 0600);
    if (fd < 0) break;
    close(fd);
  }
  int fd = open("/box/large.bin", O_WRONLY | O_CREAT, 0600);
  must("a sparse file", ftruncate(fd, 60 << 20) == 0);
  return verdict();
}
