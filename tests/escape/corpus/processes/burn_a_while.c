// SPDX-License-Identifier: Apache-2.0
// requires: PR-5
// about: computes five times its CPU limit, in the time that a belt would give, and then ends in peace
// status: time_limit
// stdout: any
// limits: cpu_ms=300 wall_ms=9000
#include "attack.h"

int main(void) {
  struct timespec used;
  do {
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  } while (used.tv_sec == 0 || used.tv_nsec < 500000000);
  through("1500 ms of CPU time");
}
