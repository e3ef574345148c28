// SPDX-License-Identifier: Apache-2.0
// requires: PR-6 MM-5
// about: two jobs meet at a POSIX message queue
// run: pair
// limits: wall_ms=8000
#include "attack.h"

#include <mqueue.h>

int main(int argc, char** argv) {
  const char* me = argv[argc - 1];
  struct mq_attr shape = {.mq_maxmsg = 4, .mq_msgsize = 16};
  mqd_t queue = mq_open("/cex-rendezvous", O_CREAT | O_RDWR | O_NONBLOCK, 0666, &shape);
  must("a queue of its own", queue != (mqd_t)-1);
  char text[16] = {0};
  snprintf(text, sizeof(text), "%s", me);
  mq_send(queue, text, sizeof(text), 0);
  long end = now_ms() + slow(1200);
  while (now_ms() < end && g_through == 0) {
    struct mq_attr now;
    if (mq_getattr(queue, &now) == 0 && now.mq_curmsgs > 1) through("two messages");
    pause_ms(10);
  }
  return verdict();
}
