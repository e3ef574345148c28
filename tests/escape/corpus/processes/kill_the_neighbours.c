// SPDX-License-Identifier: Apache-2.0
// requires: PR-6
// about: two jobs; one kills every number there is again and again, the other must live
// run: pair
// limits: wall_ms=8000 cpu_ms=8000
#include "attack.h"

int main(int argc, char** argv) {
  int attacker = argc > 1 && strcmp(argv[argc - 1], "left") == 0;
  long end = now_ms() + slow(1500);
  while (now_ms() < end) {
    if (attacker) {
      kill(-1, SIGKILL);
      for (pid_t pid = 3; pid < 2000; ++pid) kill(pid, SIGKILL);
    } else {
      pause_ms(10);
    }
  }
  return verdict();
}
