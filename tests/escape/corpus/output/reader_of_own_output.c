// SPDX-License-Identifier: Apache-2.0
// requires: OU-1 PR-3
// about: takes its own output out of the pipe again, so that the server sees none
// status: time_limit
// stdout: any
// limits: wall_ms=500
#include "attack.h"

int main(void) {
  static char block[4096];
  int back = open("/proc/self/fd/1", O_RDONLY);
  while (1) {
    if (write(1, block, 16) < 0 || (back >= 0 && read(back, block, 16) < 0)) return 1;
  }
}
