// SPDX-License-Identifier: Apache-2.0
// requires: MM-2 FS-6
// about: folders without end, whose records in the kernel are larger than they look
// status: memory_limit ok
// stdout: any
// limits: memory_bytes=33554432 disk_bytes=67108864 wall_ms=8000 cpu_ms=8000
#include "attack.h"

int main(void) {
  char name[64];
  long made = 0;
  for (; made < 500000; ++made) {
    snprintf(name, sizeof(name), "/tmp/d%ld", made);
    if (mkdir(name, 0700) != 0) break;
  }
  if (made > 67108864 / 4096) through("%ld folders", made);
  return verdict();
}
