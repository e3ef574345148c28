// SPDX-License-Identifier: Apache-2.0
// requires: PR-8 AR-4
// about: ends itself by SIGSYS, to look like a call that the filter kills
// status: runtime_error
// stdout: any
#include "attack.h"

int main(void) {
  signal(SIGSYS, SIG_DFL);
  raise(SIGSYS);
}
