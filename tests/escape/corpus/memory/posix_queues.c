// SPDX-License-Identifier: Apache-2.0
// requires: MM-2 MM-5
// about: POSIX message queues, whose bytes count by user
// status: memory_limit ok
// stdout: any
// limits: memory_bytes=33554432
#include "attack.h"

#include <mqueue.h>

int main(void) {
  long made = 0;
  for (; made < 1000; ++made) {
    char name[32];
    snprintf(name, sizeof(name), "/q%ld", made);
    struct mq_attr shape = {.mq_maxmsg = 10, .mq_msgsize = 8192};
    if (mq_open(name, O_CREAT | O_RDWR, 0600, &shape) == (mqd_t)-1) break;
  }
  if (made > 8) through("%ld queues of 80 KB", made);
  return verdict();
}
