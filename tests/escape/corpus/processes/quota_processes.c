// SPDX-License-Identifier: Apache-2.0
// requires: PR-6
// about: two jobs; one forks up to the limit, the other must be able to fork
// run: pair
// limits: wall_ms=8000 processes=30
#include "attack.h"

int main(int argc, char** argv) {
  int left = argc > 1 && strcmp(argv[argc - 1], "left") == 0;
  if (left) {
    pid_t pid;
    while ((pid = fork()) > 0) {
    }
    if (pid == 0) {
      pause();
      _exit(0);
    }
    pause_ms(slow(1500));
    return verdict();
  }
  long end = now_ms() + slow(1200);
  while (now_ms() < end) {
    pid_t pid = fork();
    must("fork", pid >= 0);
    if (pid == 0) _exit(0);
    waitpid(pid, NULL, 0);
    pause_ms(20);
  }
  return verdict();
}
