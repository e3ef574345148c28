// SPDX-License-Identifier: Apache-2.0
// requires: PR-3
// about: the main process ends, a child keeps its stdout and stderr open; the answer must not wait for it
// limits: wall_ms=5000
#include "attack.h"

int main(void) {
  if (fork() == 0) {
    sleep(1000);
    _exit(0);
  }
  return verdict();
}
