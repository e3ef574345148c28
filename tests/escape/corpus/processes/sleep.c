// SPDX-License-Identifier: Apache-2.0
// requires: PR-4
// about: uses no CPU time at all
// status: time_limit
// stdout: any
// limits: wall_ms=300
#include "attack.h"

int main(void) {
  while (1) pause();
}
