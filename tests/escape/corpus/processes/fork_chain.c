// SPDX-License-Identifier: Apache-2.0
// requires: PR-2
// about: a chain that forks and leaves, faster than anybody can list it, outliving the main process
// limits: processes=64
#include "attack.h"

int main(void) {
  pid_t pid = fork();
  if (pid > 0) {
    pause_ms(200);
    return verdict();
  }
  setsid();
  while (1) {
    if (fork() > 0) _exit(0);
  }
}
