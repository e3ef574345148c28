// SPDX-License-Identifier: Apache-2.0
// requires: sec-5 ID-1
// about: the operations of prctl that change more than a program needs
#include "attack.h"

#include <sys/prctl.h>

int main(void) {
  refused("PR_SET_MM", prctl(PR_SET_MM, PR_SET_MM_EXE_FILE, 0, 0, 0), 0);
  refused("PR_SET_PTRACER", prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0), 0);
  refused("PR_SET_SECUREBITS", prctl(PR_SET_SECUREBITS, 0, 0, 0, 0), 0);
  refused("with high bits",
          syscall(SYS_prctl, 0xffff00000000UL | PR_SET_MM, PR_SET_MM_EXE_FILE, 0, 0, 0), 0);
  refused("PR_TASK_PERF_EVENTS_ENABLE", prctl(PR_TASK_PERF_EVENTS_ENABLE, 0, 0, 0, 0), 0);
  refused("PR_MCE_KILL", prctl(PR_MCE_KILL, PR_MCE_KILL_SET, PR_MCE_KILL_EARLY, 0, 0), 0);
  refused("PR_SCHED_CORE", prctl(62, 1, 0, 0, 0), 0);
  return verdict();
}
