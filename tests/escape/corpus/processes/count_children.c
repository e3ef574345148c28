// SPDX-License-Identifier: Apache-2.0
// requires: PR-1
// about: makes as many children as it can and counts them
// status: ok
// limits: processes=20
#include "attack.h"

int main(void) {
  int made = 0;
  while (made < 200) {
    pid_t pid = fork();
    if (pid < 0) break;
    if (pid == 0) {
      pause();
      _exit(0);
    }
    ++made;
  }
  if (made != 19) through("%d children beside this process", made);
  return verdict();
}
