// SPDX-License-Identifier: Apache-2.0
// requires: MM-2 MM-5
// about: System V message queues full of messages
// status: memory_limit ok
// stdout: any
// limits: memory_bytes=33554432 wall_ms=8000 cpu_ms=8000
// beside: neighbour
#include "attack.h"

#include <sys/msg.h>

int main(void) {
  struct {
    long type;
    char text[8000];
  } message = {.type = 1};
  long sum = 0;
  for (int i = 0; i < 32000; ++i) {
    int id = msgget(IPC_PRIVATE, IPC_CREAT | 0600);
    if (id < 0) break;
    while (msgsnd(id, &message, sizeof(message.text), IPC_NOWAIT) == 0)
      sum += (long)sizeof(message.text);
    if (sum > 160L << 20) break;
  }
  if (sum > 64 << 20) through("%ld bytes in queues", sum);
  return verdict();
}
