// SPDX-License-Identifier: Apache-2.0
// requires: NW-1
// about: lists the network interfaces and makes another
#include "attack.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

int main(void) {
  struct if_nameindex* all = if_nameindex();
  must("they can be listed", all != NULL);
  for (struct if_nameindex* at = all; at != NULL && at->if_index != 0; ++at) {
    if (strcmp(at->if_name, "lo") != 0) through("%s is there", at->if_name);
  }
  struct {
    struct nlmsghdr head;
    struct ifinfomsg body;
    char rest[64];
  } request = {.head = {.nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg)),
                        .nlmsg_type = RTM_NEWLINK,
                        .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK},
               .body = {.ifi_family = AF_UNSPEC, .ifi_index = 1, .ifi_change = 1}};
  int netlink = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
  must("a route socket", netlink >= 0 && send(netlink, &request, request.head.nlmsg_len, 0) > 0);
  char answer[4096];
  ssize_t size = recv(netlink, answer, sizeof(answer), 0);
  struct nlmsgerr* error = NLMSG_DATA((struct nlmsghdr*)answer);
  must("taking loopback down is refused", size > 0 && error->error == -EPERM);
  struct ifreq name = {.ifr_name = "lo"};
  refused("SIOCSIFFLAGS", ioctl(socket(AF_INET, SOCK_DGRAM, 0), SIOCSIFFLAGS, &name), 0);
  return verdict();
}
