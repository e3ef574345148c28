// SPDX-License-Identifier: Apache-2.0
// requires: NW-1
// about: raw sockets, ping sockets and the protocols that other filters forget
#include "attack.h"

#include <sys/socket.h>

int main(void) {
  for (int family = AF_INET; family <= AF_INET6; family += AF_INET6 - AF_INET) {
    refused("raw", socket(family, SOCK_RAW, 1), EAFNOSUPPORT);
    refused("raw and close-on-exec", socket(family, SOCK_RAW | SOCK_CLOEXEC, 255), EAFNOSUPPORT);
    refused("packet", socket(family, SOCK_PACKET, 768), EAFNOSUPPORT);
    refused("ping", socket(family, SOCK_DGRAM, 1), 0);
    refused("MPTCP", socket(family, SOCK_STREAM, 262), 0);
    refused("SCTP", socket(family, SOCK_STREAM, 132), 0);
    refused("SCTP seqpacket", socket(family, SOCK_SEQPACKET, 132), 0);
    refused("DCCP", socket(family, 6, 33), 0);
    refused("UDP-Lite", socket(family, SOCK_DGRAM, 136), 0);
  }
  for (int protocol = 1; protocol < 32; ++protocol) {
    char name[32];
    snprintf(name, sizeof(name), "netlink %d", protocol);
    refused(name, socket(AF_NETLINK, SOCK_RAW, protocol), 0);
  }
  return verdict();
}
