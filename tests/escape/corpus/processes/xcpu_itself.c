// SPDX-License-Identifier: Apache-2.0
// requires: PR-8 AR-4
// about: ends itself by SIGXCPU, to look like a CPU limit
// status: runtime_error
// stdout: any
#include "attack.h"

int main(void) {
  signal(SIGXCPU, SIG_DFL);
  raise(SIGXCPU);
}
