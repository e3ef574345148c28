// SPDX-License-Identifier: Apache-2.0
// requires: MM-1 MM-2
// about: each of its processes stays below the limit, all together do not
// status: memory_limit
// stdout: any
// limits: memory_bytes=33554432 wall_ms=8000 cpu_ms=8000
// beside: neighbour
#include "attack.h"

int main(void) {
  for (int i = 0; i < 16; ++i) {
    if (fork() == 0) {
      eat(10 << 20);
      pause();
      _exit(0);
    }
  }
  pause_ms(1500);
  through("160 MB in sixteen processes");
}
