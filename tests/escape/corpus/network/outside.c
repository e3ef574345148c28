// SPDX-License-Identifier: Apache-2.0
// requires: NW-1
// about: connects to addresses of the world, of private networks and of cloud metadata, over TCP and UDP
#include "attack.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

int main(void) {
  const char* addresses[] = {"1.1.1.1",    "8.8.8.8",     "10.0.0.1",
                             "172.17.0.1", "192.168.0.1", "169.254.169.254",
                             "100.64.0.1", "224.0.0.1",   "255.255.255.255"};
  for (size_t i = 0; i < sizeof(addresses) / sizeof(*addresses); ++i) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(53)};
    inet_pton(AF_INET, addresses[i], &to.sin_addr);
    refused2(addresses[i],
             connect(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr*)&to, sizeof(to)),
             ENETUNREACH, EACCES);
    int udp = socket(AF_INET, SOCK_DGRAM, 0), on = 1;
    setsockopt(udp, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on));
    refused(addresses[i], sendto(udp, "x", 1, 0, (struct sockaddr*)&to, sizeof(to)), ENETUNREACH);
  }
  const char* six[] = {"2606:4700:4700::1111", "fe80::1",          "fd00::1",
                       "fd00:ec2::254",        "64:ff9b::101:101", "ff02::1"};
  for (size_t i = 0; i < sizeof(six) / sizeof(*six); ++i) {
    struct sockaddr_in6 to = {.sin6_family = AF_INET6, .sin6_port = htons(53), .sin6_scope_id = 1};
    inet_pton(AF_INET6, six[i], &to.sin6_addr);
    refused(six[i], connect(socket(AF_INET6, SOCK_STREAM, 0), (struct sockaddr*)&to, sizeof(to)),
            0);
  }
  return verdict();
}
