// SPDX-License-Identifier: Apache-2.0
// requires: PS-1 PR-6
// about: two jobs look for each other among the processes
// run: pair
// limits: wall_ms=8000
#include "attack.h"

#include <sys/prctl.h>

int main(int argc, char** argv) {
  prctl(PR_SET_NAME, argv[argc - 1]);
  const char* other = strcmp(argv[argc - 1], "left") == 0 ? "right" : "left";
  long end = now_ms() + slow(1000);
  while (now_ms() < end && g_through == 0) {
    for (int pid = 1; pid < 400; ++pid) {
      char path[64];
      snprintf(path, sizeof(path), "/proc/%d/comm", pid);
      if (strncmp(read_file(path), other, strlen(other)) == 0)
        through("found %s as %d", other, pid);
    }
    pause_ms(20);
  }
  return verdict();
}
