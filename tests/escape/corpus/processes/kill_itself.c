// SPDX-License-Identifier: Apache-2.0
// requires: PR-8 AR-4
// about: ends itself by SIGKILL, to look like a out-of-memory kill
// status: runtime_error
// stdout: any
#include "attack.h"

int main(void) {
  signal(SIGKILL, SIG_DFL);
  raise(SIGKILL);
}
