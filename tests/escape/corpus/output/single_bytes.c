// SPDX-License-Identifier: Apache-2.0
// requires: OU-1 OU-3
// about: a hundred thousand writes of one byte
// stdout: any
// limits: output_bytes=1000000 wall_ms=9000 cpu_ms=9000
#include "attack.h"

int main(void) {
  for (int i = 0; i < 100000; ++i) {
    if (write(1, "z", 1) != 1) return 1;
  }
}
