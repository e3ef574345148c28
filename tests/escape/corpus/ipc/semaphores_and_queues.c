// SPDX-License-Identifier: Apache-2.0
// requires: PR-6
// about: two jobs meet at System V semaphores and message queues
// run: pair
// limits: wall_ms=8000
#include "attack.h"

#include <sys/sem.h>
#include <sys/msg.h>

int main(int argc, char** argv) {
  const char* me = argv[argc - 1];
  int set = semget(0x51cec, 1, IPC_CREAT | 0666);
  int queue = msgget(0x51cec, IPC_CREAT | 0666);
  must("a set and a queue of its own", set >= 0 && queue >= 0);
  struct {
    long type;
    char text[16];
  } message = {.type = strcmp(me, "left") == 0 ? 1 : 2};
  msgsnd(queue, &message, sizeof(message.text), IPC_NOWAIT);
  struct sembuf up = {0, 1, 0};
  semop(set, &up, 1);
  long end = now_ms() + slow(1200);
  while (now_ms() < end) {
    if (semctl(set, 0, GETVAL) > 1) through("two at the semaphore");
    if (msgrcv(queue, &message, sizeof(message.text), strcmp(me, "left") == 0 ? 2 : 1,
               IPC_NOWAIT) >= 0)
      through("a message");
    if (g_through > 0) break;
    pause_ms(10);
  }
  return verdict();
}
