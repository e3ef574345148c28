// SPDX-License-Identifier: Apache-2.0
// requires: FS-8 PR-6
// about: attaches a segment of the host that everybody may read
// args: {shm}
#include "attack.h"

#include <sys/shm.h>

int main(int argc, char** argv) {
  key_t key = argc > 1 ? atoi(argv[1]) : 0;
  refused("the host's segment", shmget(key, 0, 0), ENOENT);
  for (int id = 0; id < 4096; ++id) {
    if (shmat(id, NULL, SHM_RDONLY) != (void*)-1) through("segment %d", id);
  }
  return verdict();
}
