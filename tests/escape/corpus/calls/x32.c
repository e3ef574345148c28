// SPDX-License-Identifier: Apache-2.0
// requires: sec-5
// about: enters the kernel with the x32 bit set
// status: runtime_error
// stdout: any
#include "attack.h"

int main(void) {
  long result = syscall(0x40000000 | SYS_getpid);
  through("getpid by x32 says %ld", result);
}
