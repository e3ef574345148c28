// SPDX-License-Identifier: Apache-2.0
// requires: MM-2
// about: System V segments, which belong to nobody
// status: memory_limit
// stdout: any
// limits: memory_bytes=33554432 wall_ms=8000 cpu_ms=8000
#include "attack.h"

#include <sys/shm.h>

int main(void) {
  for (int i = 0; i < 160; ++i) {
    int id = shmget(IPC_PRIVATE, 1 << 20, IPC_CREAT | 0600);
    char* at = shmat(id, NULL, 0);
    if (at == (char*)-1) return verdict();
    memset(at, 1, 1 << 20);
    shmdt(at);
  }
  through("160 MB of segments");
}
