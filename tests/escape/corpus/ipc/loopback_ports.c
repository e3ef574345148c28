// SPDX-License-Identifier: Apache-2.0
// requires: NW-1 PR-6
// about: two jobs meet at a TCP port of loopback
// run: pair
// limits: wall_ms=8000
#include "attack.h"

#include <netinet/in.h>
#include <sys/socket.h>

int main(int argc, char** argv) {
  int left = strcmp(argv[argc - 1], "left") == 0;
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons(34567), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (left) {
    must("bind", bind(fd, (struct sockaddr*)&address, sizeof(address)) == 0 && listen(fd, 8) == 0);
    fcntl(fd, F_SETFL, O_NONBLOCK);
  }
  long end = now_ms() + slow(1200);
  while (now_ms() < end && g_through == 0) {
    if (left && accept(fd, NULL, NULL) >= 0) through("somebody came");
    if (!left && connect(fd, (struct sockaddr*)&address, sizeof(address)) == 0)
      through("somebody is there");
    pause_ms(10);
  }
  return verdict();
}
