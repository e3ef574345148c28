// SPDX-License-Identifier: Apache-2.0
// requires: PR-4
// about: sleeps five times its wall limit and then ends in peace
// status: time_limit
// stdout: any
// limits: wall_ms=300
#include "attack.h"

int main(void) {
  pause_ms(1500);
  through("1500 ms of sleep");
}
