// SPDX-License-Identifier: Apache-2.0
// requires: FS-4
// about: reads the flags of every mount: nosuid everywhere, nodev but for the devices, noexec where nothing is to be run
#include "attack.h"
#include "mounts.h"

int main(void) {
  const char* no_exec[] = {"/tmp", "/dev/shm", "/proc", NULL};
  const char* devices[] = {"/dev/null",   "/dev/zero",    "/dev/full",
                           "/dev/random", "/dev/urandom", NULL};
  FILE* file = fopen("/proc/self/mountinfo", "r");
  char line[4096], target[1024], options[1024];
  int seen = 0;
  while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
    if (sscanf(line, "%*s %*s %*s %*s %1023s %1023s", target, options) != 2) continue;
    ++seen;
    if (!has(options, "nosuid")) through("%s lacks nosuid: %s", target, options);
    if (!has(options, "nodev") && !is_one_of(target, devices))
      through("%s lacks nodev: %s", target, options);
    if (is_one_of(target, no_exec) && !has(options, "noexec"))
      through("%s lacks noexec: %s", target, options);
  }
  must("there are mounts", seen > 5);
  return verdict();
}
