// SPDX-License-Identifier: Apache-2.0
// requires: PR-4
// about: closes its streams, which is not an end
// status: time_limit
// stdout: any
// limits: wall_ms=300
#include "attack.h"

int main(void) {
  close(0);
  close(1);
  close(2);
  while (1) pause();
}
