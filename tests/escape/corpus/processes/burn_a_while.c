// SPDX-License-Identifier: Apache-2.0
// requires: PR-5
// about: computes until half a second before a belt would end it, far beyond its limit, and then ends in peace
// status: time_limit
// stdout: any
// limits: cpu_ms=300 wall_ms=9000
#include "attack.h"

#include <sys/resource.h>

int main(void) {
  struct rlimit belt;
  must("getrlimit", getrlimit(RLIMIT_CPU, &belt) == 0);
  struct timespec used;
  do {
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  } while ((double)used.tv_sec + used.tv_nsec / 1e9 < (double)belt.rlim_cur - 0.5);
  through("%ld.%03ld s of CPU time", (long)used.tv_sec, used.tv_nsec / 1000000);
}
