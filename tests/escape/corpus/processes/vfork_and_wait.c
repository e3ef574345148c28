// SPDX-License-Identifier: Apache-2.0
// requires: PR-4
// about: a parent that cannot be interrupted since its vfork child never lets go
// status: time_limit
// stdout: any
// limits: wall_ms=300
#include "attack.h"

int main(void) {
  if (vfork() == 0) {
    while (1) pause();
  }
}
