// SPDX-License-Identifier: Apache-2.0
// requires: MM-2
// about: a mapping for each page, which the kernel keeps a record of each
// status: memory_limit ok
// stdout: any
// limits: memory_bytes=33554432 wall_ms=8000 cpu_ms=8000
#include "attack.h"

int main(void) {
  long made = 0;
  for (; made < 2000000; ++made) {
    if (mmap(NULL, 4096, made % 2 ? PROT_READ : PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
        MAP_FAILED)
      break;
  }
  if (made > 1000000) through("%ld mappings", made);
  return verdict();
}
