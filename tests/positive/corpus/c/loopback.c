// SPDX-License-Identifier: Apache-2.0
// about: a TCP and a UDP server and their clients on loopback, both families, with poll and epoll
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static int talk(const char* host) {
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST}, *where = NULL;
  struct sockaddr_storage bound;
  socklen_t size = sizeof(bound);
  if (getaddrinfo(host, "0", &hints, &where) != 0) return 1;
  int server = socket(where->ai_family, SOCK_STREAM, 0);
  if (bind(server, where->ai_addr, where->ai_addrlen) != 0 || listen(server, 4) != 0) return 2;
  getsockname(server, (struct sockaddr*)&bound, &size);
  int client = socket(where->ai_family, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);
  if (connect(client, (struct sockaddr*)&bound, size) != 0) return 3;
  int epoll = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event event = {.events = EPOLLIN};
  epoll_ctl(epoll, EPOLL_CTL_ADD, server, &event);
  if (epoll_wait(epoll, &event, 1, 1000) != 1) return 4;
  int session = accept4(server, NULL, NULL, SOCK_CLOEXEC);
  char text[8] = {0};
  if (write(client, "hello", 5) != 5 || read(session, text, 5) != 5 || strcmp(text, "hello") != 0)
    return 5;
  int datagram = socket(where->ai_family, SOCK_DGRAM, 0);
  if (bind(datagram, where->ai_addr, where->ai_addrlen) != 0) return 6;
  getsockname(datagram, (struct sockaddr*)&bound, &size);
  if (sendto(datagram, "x", 1, 0, (struct sockaddr*)&bound, size) != 1 ||
      recv(datagram, text, 1, 0) != 1)
    return 7;
  return 0;
}

int main(void) {
  int four = talk("127.0.0.1"), six = talk("::1");
  if (four == 0 && six == 0)
    puts("works");
  else
    printf("IPv4: step %d, IPv6: step %d\n", four, six);
}
