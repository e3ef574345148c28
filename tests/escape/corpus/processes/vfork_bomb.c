// SPDX-License-Identifier: Apache-2.0
// requires: PR-1
// about: forks by vfork, each child running the program anew
// status: time_limit process_limit runtime_error
// stdout: any
// limits: processes=40 wall_ms=1500 cpu_ms=1500
// beside: neighbour
#include "attack.h"

int main(int argc, char** argv) {
  (void)argc;
  while (1) {
    pid_t pid = vfork();
    if (pid == 0) {
      execv("/proc/self/exe", argv);
      _exit(1);
    }
  }
}
