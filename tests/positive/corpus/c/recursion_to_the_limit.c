// SPDX-License-Identifier: Apache-2.0
// about: recursion that uses most of the stack it may have
// limits: stack_bytes=33554432
#include <stdio.h>
#include <sys/resource.h>

static long depth(long bytes) {
  volatile char room[1000];
  room[0] = 1;
  if (bytes < 2000) return room[0];
  return depth(bytes - 1100) + room[0];
}

int main(void) {
  struct rlimit limit;
  getrlimit(RLIMIT_STACK, &limit);
  if (limit.rlim_cur != 33554432) return 1;
  puts(depth(30 << 20) > 10000 ? "works" : "too shallow");
}
