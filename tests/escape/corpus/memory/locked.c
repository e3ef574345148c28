// SPDX-License-Identifier: Apache-2.0
// requires: MM-5
// about: locks memory so that it cannot be swapped
#include "attack.h"

#include <sys/shm.h>

int main(void) {
  void* at = mmap(NULL, 8 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  refused("mlock of 8 MB", mlock(at, 8 << 20), 0);
  refused("mlockall", mlockall(MCL_CURRENT | MCL_FUTURE), 0);
  refused("a locked segment", shmget(IPC_PRIVATE, 8 << 20, IPC_CREAT | 0600 | SHM_HUGETLB), 0);
  return verdict();
}
