// SPDX-License-Identifier: Apache-2.0
// requires: FS-6
// about: names without end for one file
// limits: disk_bytes=8388608 memory_bytes=268435456
#include "attack.h"

int main(void) {
  char name[300];
  long made = 0;
  close(open("/tmp/one", O_WRONLY | O_CREAT, 0600));
  for (; made < 200000; ++made) {
    snprintf(name, sizeof(name), "/tmp/%0240ld", made);
    if (link("/tmp/one", name) != 0) break;
  }
  if (made > 8388608 / 4096) through("%ld names", made);
  return verdict();
}
