// SPDX-License-Identifier: Apache-2.0
// requires: MM-5 PR-7
// about: reads the resource limits that a job must have
#include "attack.h"

static rlim_t hard(int resource) {
  struct rlimit both = {0, 0};
  getrlimit((__rlimit_resource_t)resource, &both);
  must("soft and hard are one", both.rlim_cur == both.rlim_max);
  return both.rlim_max;
}

int main(void) {
  must("core", hard(RLIMIT_CORE) == 1);
  must("stack", hard(RLIMIT_STACK) != RLIM_INFINITY);
  must("memlock", hard(RLIMIT_MEMLOCK) <= 1 << 20);
  must("msgqueue", hard(RLIMIT_MSGQUEUE) <= 1 << 20);
  must("sigpending", hard(RLIMIT_SIGPENDING) <= 1024);
  must("open files", hard(RLIMIT_NOFILE) <= 4096);
  must("rtprio", hard(RLIMIT_RTPRIO) == 0);
  must("nice", hard(RLIMIT_NICE) == 0);
  must("file size", hard(RLIMIT_FSIZE) != RLIM_INFINITY);
  must("cpu", hard(RLIMIT_CPU) != RLIM_INFINITY);
  must("processes", hard(RLIMIT_NPROC) != RLIM_INFINITY);
  return verdict();
}
