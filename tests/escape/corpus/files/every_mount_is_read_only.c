// SPDX-License-Identifier: Apache-2.0
// requires: FS-3
// about: reads the flags of every mount: all but the three writable places and the devices are read-only
#include "attack.h"
#include "mounts.h"

int main(void) {
  const char* writable[] = {"/box", "/tmp", "/dev/shm", "/proc", NULL};
  FILE* file = fopen("/proc/self/mountinfo", "r");
  char line[4096], target[1024], options[1024];
  int read_only = 0;
  while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
    if (sscanf(line, "%*s %*s %*s %*s %1023s %1023s", target, options) != 2) continue;
    if (is_one_of(target, writable) || strncmp(target, "/dev/", 5) == 0) continue;
    if (has(options, "ro"))
      ++read_only;
    else
      through("%s is mounted %s", target, options);
  }
  must("there are read-only mounts", read_only > 1);
  return verdict();
}
