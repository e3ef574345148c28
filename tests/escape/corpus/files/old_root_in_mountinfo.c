// SPDX-License-Identifier: Apache-2.0
// requires: FS-1
// about: looks in the mount table for anything that is not the box's
#include "attack.h"

int main(void) {
  const char* mine[] = {"/usr",         "/bin",      "/sbin",     "/lib",      "/lib32",
                        "/lib64",       "/libx32",   "/proc",     "/box",      "/tmp",
                        "/dev/shm",     "/dev/null", "/dev/zero", "/dev/full", "/dev/random",
                        "/dev/urandom", "/layers",   "/"};
  FILE* file = fopen("/proc/self/mountinfo", "r");
  char line[4096], target[1024];
  int lines = 0;
  while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
    ++lines;
    int known = 0;
    if (sscanf(line, "%*s %*s %*s %*s %1023s", target) != 1) continue;
    for (size_t i = 0; i < sizeof(mine) / sizeof(*mine); ++i) known |= strcmp(target, mine[i]) == 0;
    // Mounts of the host below a toolchain root, and what runtimes must read in /etc.
    if (strncmp(target, "/usr/", 5) == 0 || strncmp(target, "/etc/", 5) == 0) known = 1;
    if (!known) through("a mount at %s", target);
  }
  must("the mount table can be read", lines > 5);
  return verdict();
}
