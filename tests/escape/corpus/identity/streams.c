// SPDX-License-Identifier: Apache-2.0
// requires: ID-2
// about: looks what its three descriptors are, and whether there is a fourth
#include "attack.h"

#include <sys/socket.h>

int main(void) {
  for (int fd = 0; fd < 3; ++fd) {
    struct stat status;
    must("a pipe", fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode));
  }
  for (int fd = 3; fd < 4096; ++fd) {
    if (fcntl(fd, F_GETFD) >= 0) through("descriptor %d", fd);
  }
  int receive = socket(AF_UNIX, SOCK_DGRAM, 0);
  must("the first free number is 3", receive == 3);
  return verdict();
}
