// SPDX-License-Identifier: Apache-2.0
// requires: OU-1
// about: writes five times what it may and then ends in peace
// status: output_limit
// stdout: any
// limits: output_bytes=100000
#include "attack.h"

int main(void) {
  for (int i = 0; i < 500000; ++i) putchar('x');
}
