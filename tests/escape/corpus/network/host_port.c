// SPDX-License-Identifier: Apache-2.0
// requires: NW-1
// about: connects to a TCP port of the host's loopback
// args: {port}
#include "attack.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

int main(int argc, char** argv) {
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)(argc > 1 ? atoi(argv[1]) : 1)),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  refused("127.0.0.1",
          connect(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr*)&address, sizeof(address)),
          ECONNREFUSED);
  address.sin_addr.s_addr = htonl(INADDR_ANY);
  refused("0.0.0.0",
          connect(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr*)&address, sizeof(address)),
          ECONNREFUSED);
  struct sockaddr_in6 six = {
      .sin6_family = AF_INET6, .sin6_port = address.sin_port, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
  refused("::1", connect(socket(AF_INET6, SOCK_STREAM, 0), (struct sockaddr*)&six, sizeof(six)), 0);
  inet_pton(AF_INET6, "::ffff:127.0.0.1", &six.sin6_addr);
  refused("::ffff:127.0.0.1",
          connect(socket(AF_INET6, SOCK_STREAM, 0), (struct sockaddr*)&six, sizeof(six)),
          ECONNREFUSED);
  return verdict();
}
