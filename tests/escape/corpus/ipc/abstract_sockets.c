// SPDX-License-Identifier: Apache-2.0
// requires: NW-1 PR-6
// about: two jobs meet at an abstract unix socket
// run: pair
// limits: wall_ms=8000
#include "attack.h"

#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

int main(int argc, char** argv) {
  int left = strcmp(argv[argc - 1], "left") == 0;
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  memcpy(address.sun_path + 1, "cex-rendezvous", 14);
  socklen_t size = offsetof(struct sockaddr_un, sun_path) + 15;
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (left) must("bind", bind(fd, (struct sockaddr*)&address, size) == 0 && listen(fd, 8) == 0);
  long end = now_ms() + slow(1200);
  while (now_ms() < end && g_through == 0) {
    if (left && accept(fd, NULL, NULL) >= 0) through("somebody came");
    if (!left && connect(fd, (struct sockaddr*)&address, size) == 0) through("somebody is there");
    pause_ms(10);
  }
  return verdict();
}
