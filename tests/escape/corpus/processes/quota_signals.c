// SPDX-License-Identifier: Apache-2.0
// requires: PR-6
// about: two jobs; one queues all the signals of its user, the other must be able to queue one
// run: pair
// limits: wall_ms=8000
#include "attack.h"

int main(int argc, char** argv) {
  int left = argc > 1 && strcmp(argv[argc - 1], "left") == 0;
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, NULL);
  if (left) {
    for (int i = 0; i < 100000 && sigqueue(getpid(), SIGRTMIN, (union sigval){0}) == 0; ++i) {
    }
    pause_ms(slow(1500));
    return verdict();
  }
  long end = now_ms() + slow(1200);
  while (now_ms() < end) {
    must("a queued signal", sigqueue(getpid(), SIGRTMIN, (union sigval){0}) == 0);
    siginfo_t info;
    must("comes back", sigwaitinfo(&all, &info) == SIGRTMIN);
    pause_ms(20);
  }
  return verdict();
}
