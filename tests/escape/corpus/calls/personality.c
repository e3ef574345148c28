// SPDX-License-Identifier: Apache-2.0
// requires: sec-5
// about: turns off address randomisation and turns on old behaviour
#include "attack.h"

#include <sys/personality.h>

int main(void) {
  refused("ADDR_NO_RANDOMIZE", personality(0x0040000), 0);
  refused("READ_IMPLIES_EXEC", personality(0x0400000), 0);
  refused("SVR4", personality(0x0001), 0);
  refused("with high bits", syscall(SYS_personality, 0xffffffff00040000UL), 0);
  must("asking", personality(0xffffffff) >= 0);
  return verdict();
}
