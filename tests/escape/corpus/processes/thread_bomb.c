// SPDX-License-Identifier: Apache-2.0
// requires: PR-1
// about: threads until there are no more; the limit counts them as it counts processes
// status: process_limit ok
// stdout: any
// limits: processes=40 memory_bytes=268435456
// beside: neighbour
#include "attack.h"

#include <pthread.h>

static void* sit(void* unused) {
  pause();
  return unused;
}

int main(void) {
  int made = 0;
  pthread_t thread;
  pthread_attr_t small;
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, 65536);
  while (made < 200 && pthread_create(&thread, &small, sit, NULL) == 0) ++made;
  if (made > 39) through("%d threads", made);
  exit(made < 200 ? 3 : 0);
}
