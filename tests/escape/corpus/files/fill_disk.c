// SPDX-License-Identifier: Apache-2.0
// requires: FS-6
// about: writes until the disk is full, in all three places, and counts what went in
// limits: disk_bytes=8388608 memory_bytes=134217728
// beside: neighbour
#include "attack.h"

static char g_block[65536];

static long fill(const char* path) {
  long written = 0;
  int fd = open(path, O_WRONLY | O_CREAT, 0600);
  for (ssize_t n; fd >= 0 && (n = write(fd, g_block, sizeof(g_block))) > 0;) written += n;
  return written;
}

int main(void) {
  long sum = 0;
  for (int i = 0; i < 5; ++i) {
    char path[64];
    const char* places[] = {"/tmp", "/dev/shm", "/box"};
    for (int place = 0; place < 3; ++place) {
      snprintf(path, sizeof(path), "%s/fill%d", places[place], i);
      sum += fill(path);
    }
  }
  if (sum > 8388608) through("%ld bytes", sum);
  must("something can be written", sum > 1 << 20);
  return verdict();
}
