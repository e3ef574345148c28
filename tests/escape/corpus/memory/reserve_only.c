// SPDX-License-Identifier: Apache-2.0
// requires: MM-1
// about: reserves far more address space than there is memory, as runtimes do; that must work and cost nothing
#include "attack.h"

int main(void) {
  for (int i = 0; i < 4; ++i) {
    void* at =
        mmap(NULL, 100L << 30, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    must("a hundred gigabytes of nothing", at != MAP_FAILED);
  }
  return verdict();
}
