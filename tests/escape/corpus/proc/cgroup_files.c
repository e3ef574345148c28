// SPDX-License-Identifier: Apache-2.0
// requires: PS-4
// about: looks for a control group to leave or to edit
#include "attack.h"

#include <sys/mount.h>

int main(void) {
  const char* places[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/cgroup.procs", "/cgroup", "/dev/cgroup",
                          "/proc/self/cgroup.procs"};
  for (size_t i = 0; i < sizeof(places) / sizeof(*places); ++i) {
    refused2(places[i], open(places[i], O_WRONLY), ENOENT, EACCES);
  }
  refused("mount cgroup2", mount("none", "/tmp", "cgroup2", 0, NULL), EPERM);
  refused("mount cgroup", mount("none", "/tmp", "cgroup", 0, "memory"), EPERM);
  FILE* file = fopen("/proc/self/cgroup", "r");
  char line[512];
  int lines = 0;
  while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
    ++lines;
    char* path = strrchr(line, ':') + 1;
    path[strcspn(path, "\n")] = '\0';
    if (strstr(path, "code-executor") != NULL || strstr(path, "/..") != NULL)
      through("the group's path shows: %s", path);
  }
  must("there is a control group", lines > 0);
  return verdict();
}
