// SPDX-License-Identifier: Apache-2.0
// requires: MM-2
// about: sends descriptors of sockets through sockets, closing its own, so that the kernel keeps them
// status: memory_limit ok process_limit
// stdout: any
// limits: memory_bytes=33554432 wall_ms=8000 cpu_ms=8000
#include "attack.h"

#include <sys/socket.h>

static int send_fd(int over, int fd) {
  char byte = 'x', control[CMSG_SPACE(sizeof(int))] = {0};
  struct iovec data = {&byte, 1};
  struct msghdr message = {
      .msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)};
  struct cmsghdr* head = CMSG_FIRSTHDR(&message);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN(sizeof(int));
  memcpy(CMSG_DATA(head), &fd, sizeof(fd));
  return sendmsg(over, &message, MSG_DONTWAIT) == 1;
}

int main(void) {
  long sent = 0;
  int over[2];
  if (socketpair(AF_UNIX, SOCK_DGRAM, 0, over) != 0) return 1;
  while (sent < 200000) {
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) != 0) break;
    int kept = send_fd(over[0], pair[0]) && send_fd(pair[1], over[1]);
    close(over[0]);
    close(over[1]);
    over[0] = pair[0];
    over[1] = pair[1];
    if (!kept) break;
    ++sent;
  }
  if (sent > 100000) through("%ld sockets in flight", sent);
  return verdict();
}
