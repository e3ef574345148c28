// SPDX-License-Identifier: Apache-2.0
// requires: sec-5
// about: call numbers that no table knows, today's or tomorrow's
#include "attack.h"

int main(void) {
  // 335 and 336 are the kernel's own probes, which pass every filter and answer SIGILL.
  const long known[] = {334, 335, 336, 424, 425, 426, 427, 434, 435, 436, 437, 438,
                        439, 440, 441, 449, 450, 451, 452, 453, 454, 455, 456, 462};
  for (long number = 334; number < 1200; ++number) {
    int skip = 0;
    for (size_t i = 0; i < sizeof(known) / sizeof(*known); ++i) skip |= known[i] == number;
    if (skip || (number >= 444 && number <= 446)) continue;
    char name[32];
    snprintf(name, sizeof(name), "call %ld", number);
    refused2(name, syscall(number, -1, -1, -1, -1, -1, -1), ENOSYS, EPERM);
  }
  return verdict();
}
