// SPDX-License-Identifier: Apache-2.0
// requires: OU-1 PR-3
// about: many processes write to both streams at once, and the main one leaves
// status: output_limit ok
// stdout: any
// limits: output_bytes=100000 processes=40
#include "attack.h"

int main(void) {
  static char block[4096];
  memset(block, 'y', sizeof(block));
  for (int i = 0; i < 20; ++i) {
    if (fork() == 0) {
      while (write(1 + i % 2, block, sizeof(block)) > 0) {
      }
      _exit(0);
    }
  }
  pause_ms(300);
}
