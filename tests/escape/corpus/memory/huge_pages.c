// SPDX-License-Identifier: Apache-2.0
// requires: MM-1
// about: memory from the pool of huge pages, which memory limits do not count
#include "attack.h"

int main(void) {
  int through_any = 0;
  for (int i = 0; i < 8; ++i) {
    char* at = mmap(NULL, 2 << 20, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
    if (at != MAP_FAILED) ++through_any;
  }
  if (through_any > 0) through("%d huge pages", through_any);
  refused("a memfd of huge pages that holds some",
          fallocate(memfd_create("x", MFD_HUGETLB), 0, 0, 2 << 20), 0);
  return verdict();
}
