// SPDX-License-Identifier: Apache-2.0
// requires: MM-2 MM-5
// about: recursion without end
// status: runtime_error memory_limit
// stdout: any
// limits: memory_bytes=67108864 stack_bytes=8388608
#include "attack.h"

static int deeper(int level) {
  volatile char room[65536];
  room[0] = (char)level;
  if (level > 4096) return 0;
  return deeper(level + 1) + room[0];
}

int main(void) {
  int sum = deeper(0);
  through("256 MB of stack %d", sum);
}
