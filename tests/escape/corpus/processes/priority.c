// SPDX-License-Identifier: Apache-2.0
// requires: MM-5
// about: puts itself before everybody else on the CPU and the disk
#include "attack.h"

#include <sched.h>

int main(void) {
  struct sched_param real_time = {.sched_priority = 1};
  refused("nice", setpriority(PRIO_PROCESS, 0, -5), 0);
  refused("FIFO", sched_setscheduler(0, SCHED_FIFO, &real_time), EPERM);
  refused("RR", sched_setscheduler(0, SCHED_RR, &real_time), EPERM);
  refused("ioprio real time", syscall(SYS_ioprio_set, 1, 0, (1 << 13) | 0), 0);
  refused("priority of init", setpriority(PRIO_PROCESS, 1, 19), 0);
  return verdict();
}
