// SPDX-License-Identifier: Apache-2.0
// requires: MM-2
// about: touches one page in each two megabytes, so that page tables cost as much as pages
// status: memory_limit
// stdout: any
// limits: memory_bytes=33554432 wall_ms=8000 cpu_ms=8000
#include "attack.h"

int main(void) {
  long step = 2L << 20;
  char* at = mmap(NULL, 64L << 30, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (at == MAP_FAILED) return verdict();
  madvise(at, 64L << 30, MADV_NOHUGEPAGE);
  for (long i = 0; i < 64L << 30; i += step) at[i] = 1;
  through("32768 pages and as many tables");
}
