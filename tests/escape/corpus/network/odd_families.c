// SPDX-License-Identifier: Apache-2.0
// requires: NW-1
// about: sockets of every family but the few that programs need
#include "attack.h"

#include <sys/socket.h>

int main(void) {
  for (int family = 0; family < 64; ++family) {
    if (family == AF_UNIX || family == AF_INET || family == AF_INET6 || family == AF_NETLINK)
      continue;
    for (int type = 1; type < 11; ++type) {
      char name[64];
      snprintf(name, sizeof(name), "family %d type %d", family, type);
      refused(name, socket(family, type, 0), 0);
      refused("with high bits", syscall(SYS_socket, 0xffff00000000UL | (unsigned)family, type, 0),
              0);
    }
  }
  refused("AF_ALG", socket(AF_ALG, SOCK_SEQPACKET, 0), EAFNOSUPPORT);
  refused("AF_VSOCK", socket(AF_VSOCK, SOCK_STREAM, 0), EAFNOSUPPORT);
  refused("AF_PACKET", socket(AF_PACKET, SOCK_RAW, 0), EAFNOSUPPORT);
  refused("AF_XDP", socket(AF_XDP, SOCK_RAW, 0), EAFNOSUPPORT);
  refused("AF_KEY", socket(AF_KEY, SOCK_RAW, 2), EAFNOSUPPORT);
  int pair[2];
  refused("a pair of AF_TIPC", socketpair(AF_TIPC, SOCK_STREAM, 0, pair), EAFNOSUPPORT);
  return verdict();
}
