// SPDX-License-Identifier: Apache-2.0
// requires: PR-2 PR-3
// about: leaves children that are stopped and cannot act on anything but SIGKILL
#include "attack.h"

int main(void) {
  for (int i = 0; i < 8; ++i) {
    if (fork() == 0) {
      setsid();
      while (1) raise(SIGSTOP);
    }
  }
  pause_ms(50);
  return verdict();
}
