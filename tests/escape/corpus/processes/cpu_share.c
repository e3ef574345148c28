// SPDX-License-Identifier: Apache-2.0
// requires: PR-5
// about: two threads' worth of work where half a CPU is allowed; measures what it got
// limits: cpus=500 cpu_ms=9000 wall_ms=9000
#include "attack.h"

#include <pthread.h>

static void* burn(void* unused) {
  while (1) __asm__ volatile("");
  return unused;
}

int main(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, burn, NULL);
  struct timespec cpu;
  // Long enough for a slow machine, which takes back only later what it gave too much.
  long start = now_ms();
  while (now_ms() < start + 4000) {
  }
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
  long used = cpu.tv_sec * 1000 + cpu.tv_nsec / 1000000;
  long share = used * 100 / (now_ms() - start);
  if (share > 70) through("%ld %% of a CPU", share);
  return verdict();
}
