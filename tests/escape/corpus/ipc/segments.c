// SPDX-License-Identifier: Apache-2.0
// requires: PR-6
// about: two jobs meet at a System V segment
// run: pair
// limits: wall_ms=8000
#include "attack.h"

#include <sys/shm.h>

int main(int argc, char** argv) {
  const char* me = argv[argc - 1];
  int id = shmget(0x51cec, 4096, IPC_CREAT | 0666);
  char* at = id < 0 ? (char*)-1 : shmat(id, NULL, 0);
  must("a segment of its own", at != (char*)-1);
  if (at == (char*)-1) return verdict();
  snprintf(at + (strcmp(me, "left") == 0 ? 0 : 64), 64, "%s", me);
  long end = now_ms() + slow(1200);
  while (now_ms() < end) {
    if (at[0] != '\0' && at[64] != '\0') {
      through("met %s and %s", at, at + 64);
      break;
    }
    pause_ms(10);
  }
  return verdict();
}
