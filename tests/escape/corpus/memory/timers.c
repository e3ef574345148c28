// SPDX-License-Identifier: Apache-2.0
// requires: MM-2 MM-5
// about: timers and event queues until the kernel has no more for it
// status: memory_limit ok
// stdout: any
// limits: memory_bytes=33554432 wall_ms=8000 cpu_ms=8000
#include "attack.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

int main(void) {
  timer_t timer;
  long made = 0;
  for (; made < 100000 && timer_create(CLOCK_MONOTONIC, NULL, &timer) == 0; ++made) {
  }
  if (made > 4096) through("%ld timers", made);
  int queue = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN};
  long watched = 0;
  for (; watched < 1000000; ++watched) {
    int fd = eventfd(0, 0);
    if (fd < 0 || epoll_ctl(queue, EPOLL_CTL_ADD, fd, &event) != 0) break;
  }
  if (watched > 4096) through("%ld events", watched);
  return verdict();
}
