// SPDX-License-Identifier: Apache-2.0
// requires: FS-6 MM-2
// about: extended attributes, which tmpfs does not count in bytes, on as many files as there may be
// status: ok memory_limit
// stdout: any
// limits: disk_bytes=67108864 memory_bytes=67108864 wall_ms=8000 cpu_ms=8000
// beside: neighbour
#include "attack.h"

#include <sys/xattr.h>

int main(void) {
  static char value[60000];
  memset(value, 'x', sizeof(value));
  long sum = 0;
  char name[64];
  for (long i = 0; sum < 5L * 67108864; ++i) {
    snprintf(name, sizeof(name), "/tmp/f%ld", i);
    int fd = open(name, O_WRONLY | O_CREAT, 0600);
    if (fd < 0) break;
    char key[32];
    for (int k = 0; k < 16; ++k) {
      snprintf(key, sizeof(key), "user.k%d", k);
      if (fsetxattr(fd, key, value, sizeof(value), 0) != 0) break;
      sum += (long)sizeof(value);
    }
    close(fd);
  }
  if (sum > 2L * 67108864) through("%ld bytes of attributes", sum);
  return verdict();
}
