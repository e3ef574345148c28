// SPDX-License-Identifier: Apache-2.0
// requires: FS-10
// about: result files that are a FIFO, a socket, unreadable, many-named: the collector must neither wait nor fail
// artifacts: **
#include "attack.h"

#include <sys/socket.h>
#include <sys/un.h>

int main(void) {
  must("FIFO", mkfifo("/box/fifo.txt", 0644) == 0);
  struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/box/socket.txt"};
  must("socket",
       bind(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr*)&address, sizeof(address)) == 0);
  close(open("/box/closed.txt", O_WRONLY | O_CREAT, 0));
  close(open("/box/named.txt", O_WRONLY | O_CREAT, 0600));
  must("second name", link("/box/named.txt", "/box/again.txt") == 0);
  mkdir("/box/locked", 0700);
  close(open("/box/locked/inside.txt", O_WRONLY | O_CREAT, 0600));
  chmod("/box/locked", 0);
  return verdict();
}
