// SPDX-License-Identifier: Apache-2.0
// requires: OU-1
// about: writes to stdout without end
// status: output_limit
// stdout: any
// limits: output_bytes=100000
// beside: neighbour
#include "attack.h"

int main(void) {
  static char block[65536];
  memset(block, 'x', sizeof(block));
  while (1) {
    if (write(1, block, sizeof(block)) < 0) return 1;
  }
}
