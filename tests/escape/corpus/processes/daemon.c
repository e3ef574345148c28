// SPDX-License-Identifier: Apache-2.0
// requires: PR-2
// about: a daemon by the book: two forks, a session of its own, every signal ignored
#include "attack.h"

#include <sys/prctl.h>

int main(void) {
  if (fork() == 0) {
    setsid();
    for (int number = 1; number < 65; ++number) signal(number, SIG_IGN);
    if (fork() == 0) {
      prctl(PR_SET_NAME, "cex-daemon");
      while (1) pause();
    }
    _exit(0);
  }
  wait(NULL);
  return verdict();
}
