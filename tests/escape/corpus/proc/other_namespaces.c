// SPDX-License-Identifier: Apache-2.0
// requires: PS-1 PS-4
// about: enters other namespaces by every file and descriptor that stands for one
#include "attack.h"

#include <sched.h>

int main(void) {
  const char* kinds[] = {"mnt", "pid", "net", "ipc", "uts", "user", "cgroup", "time"};
  for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); ++i) {
    char path[64];
    snprintf(path, sizeof(path), "/proc/1/ns/%s", kinds[i]);
    refused(path, open(path, O_RDONLY), 0);
    snprintf(path, sizeof(path), "/proc/self/ns/%s", kinds[i]);
    int fd = open(path, O_RDONLY);
    if (fd >= 0) refused("setns", setns(fd, 0), EPERM);
  }
  refused("setns by pidfd", setns((int)syscall(SYS_pidfd_open, 1, 0), CLONE_NEWNS), EPERM);
  return verdict();
}
