// SPDX-License-Identifier: Apache-2.0
// requires: MM-1 MM-2
// about: allocates and touches five times what it may
// status: memory_limit
// stdout: any
// limits: memory_bytes=33554432 wall_ms=8000 cpu_ms=8000
// beside: neighbour
#include "attack.h"

int main(void) {
  for (int i = 0; i < 160; ++i) eat(1 << 20);
  through("160 MB of heap");
}
