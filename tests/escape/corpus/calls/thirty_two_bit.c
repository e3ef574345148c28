// SPDX-License-Identifier: Apache-2.0
// requires: sec-5
// about: enters the kernel by the 32-bit gate, whose calls have other numbers
// status: runtime_error
// stdout: any
#include "attack.h"

int main(void) {
  long result = 20;
  __asm__ volatile("int $0x80" : "+a"(result) : "b"(0), "c"(0), "d"(0) : "memory");
  through("getpid by the 32-bit gate says %ld", result);
}
