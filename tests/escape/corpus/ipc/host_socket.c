// SPDX-License-Identifier: Apache-2.0
// requires: NW-1
// about: connects to an abstract unix socket of the host
// args: {socket}
#include "attack.h"

#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

int main(int argc, char** argv) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  const char* name = argc > 1 ? argv[1] : "x";
  memcpy(address.sun_path + 1, name, strlen(name));
  socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name));
  refused("stream", connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr*)&address, size),
          ECONNREFUSED);
  refused("datagram", connect(socket(AF_UNIX, SOCK_DGRAM, 0), (struct sockaddr*)&address, size),
          ECONNREFUSED);
  return verdict();
}
