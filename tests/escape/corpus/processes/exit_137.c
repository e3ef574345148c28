// SPDX-License-Identifier: Apache-2.0
// requires: PR-8 AR-4
// about: the exit codes by which shells tell of signals
// status: runtime_error
// stdout: any
#include "attack.h"

int main(void) {
  return 137;
}
