// SPDX-License-Identifier: Apache-2.0
// requires: NW-1 AR-6
// about: leaves traffic and a flow label in its network and looks for those of the job before
// run: twice
#include "attack.h"

#include <arpa/inet.h>
#include <linux/in6.h>
#include <sys/socket.h>

// The sum of the numbers in the kernel's counters of a protocol.
static long counted(const char* protocol) {
  FILE* file = fopen("/proc/self/net/snmp", "r");
  must("the counters can be read", file != NULL);
  char line[2048];
  long sum = 0;
  while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
    if (strncmp(line, protocol, strlen(protocol)) != 0) continue;
    for (char* at = strtok(line, " "); at != NULL; at = strtok(NULL, " ")) sum += atol(at);
  }
  if (file != NULL) fclose(file);
  return sum;
}

static void leave_traffic(void) {
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof(here);
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  must("a server", bind(listener, (struct sockaddr*)&here, size) == 0 && listen(listener, 5) == 0 &&
                       getsockname(listener, (struct sockaddr*)&here, &size) == 0);
  int client = socket(AF_INET, SOCK_STREAM, 0);
  must("a client", connect(client, (struct sockaddr*)&here, size) == 0);
  // This end closes first: its port waits in TIME_WAIT when all of us are gone.
  close(client);
  close(accept(listener, NULL, NULL));
}

int main(int argc, char** argv) {
  int second = argc > 1 && strcmp(argv[1], "second") == 0;
  // "RtoAlgorithm RtoMin RtoMax MaxConn" are constants: 1, 200, 120000, -1.
  if (second && counted("Tcp:") != 120200) through("connections of the last job are counted");
  if (second && counted("Udp:") != 0) through("datagrams of the last job are counted");
  leave_traffic();
  must("the traffic is counted", counted("Tcp:") != 120200);
  struct in6_flowlabel_req label = {.flr_action = IPV6_FL_A_GET,
                                    .flr_share = IPV6_FL_S_EXCL,
                                    .flr_flags = IPV6_FL_F_CREATE,
                                    .flr_label = htonl(7),
                                    .flr_linger = 60};
  label.flr_dst.s6_addr[15] = 1;
  refused("a flow label",
          setsockopt(socket(AF_INET6, SOCK_DGRAM, 0), IPPROTO_IPV6, IPV6_FLOWLABEL_MGR, &label,
                     sizeof(label)),
          EPERM);
  return verdict();
}
