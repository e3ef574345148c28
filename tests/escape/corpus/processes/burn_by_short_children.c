// SPDX-License-Identifier: Apache-2.0
// requires: PR-5
// about: children that live shorter than anybody's look at the clock, one after the other
// status: time_limit
// stdout: any
// limits: cpu_ms=300 wall_ms=9000
#include "attack.h"

int main(void) {
  while (1) {
    if (fork() == 0) {
      for (volatile int i = 0; i < 200000; ++i) {
      }
      _exit(0);
    }
    wait(NULL);
  }
}
