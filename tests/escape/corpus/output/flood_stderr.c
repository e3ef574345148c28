// SPDX-License-Identifier: Apache-2.0
// requires: OU-1
// about: writes to stderr without end
// status: output_limit
// stdout: any
// limits: output_bytes=100000
#include "attack.h"

int main(void) {
  static char block[65536];
  while (1) {
    if (write(2, block, sizeof(block)) < 0) return 1;
  }
}
