// SPDX-License-Identifier: Apache-2.0
// requires: PR-5
// about: many threads burn what one may not
// status: time_limit
// stdout: any
// limits: cpu_ms=300 wall_ms=9000
// beside: neighbour
#include "attack.h"

#include <pthread.h>

static void* burn(void* unused) {
  while (1) __asm__ volatile("");
  return unused;
}

int main(void) {
  pthread_t thread;
  for (int i = 0; i < 8; ++i) pthread_create(&thread, NULL, burn, NULL);
  burn(NULL);
}
