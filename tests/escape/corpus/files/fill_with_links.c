// SPDX-License-Identifier: Apache-2.0
// requires: FS-6
// about: symbolic links with long targets, which tmpfs does not count in bytes
// limits: disk_bytes=8388608 memory_bytes=268435456
#include "attack.h"

int main(void) {
  static char target[4000];
  memset(target, 'x', sizeof(target) - 1);
  char name[64];
  long made = 0;
  for (; made < 100000; ++made) {
    snprintf(name, sizeof(name), "/tmp/l%ld", made);
    if (symlink(target, name) != 0) break;
  }
  if (made > 8388608 / 4096) through("%ld links of 4 KB", made);
  return verdict();
}
