// SPDX-License-Identifier: Apache-2.0
// requires: PR-4
// about: sleeps ten times its wall limit and then ends in peace
// status: time_limit
// stdout: any
// limits: wall_ms=300
#include "attack.h"

int main(void) {
  pause_ms(slow(3000));
  through("a long sleep");
}
