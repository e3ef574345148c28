// SPDX-License-Identifier: Apache-2.0
// requires: PR-1 PR-2
// about: every process forks again and again
// status: process_limit
// stdout: any
// limits: processes=40 wall_ms=1500 cpu_ms=1500
// beside: neighbour
#include "attack.h"

int main(void) {
  while (1) fork();
}
