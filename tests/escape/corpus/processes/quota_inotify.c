// SPDX-License-Identifier: Apache-2.0
// requires: PR-6
// about: two jobs; one takes all inotify instances of its user, the other must get some
// run: pair
// limits: wall_ms=8000
#include "attack.h"

#include <sys/inotify.h>

int main(int argc, char** argv) {
  int left = argc > 1 && strcmp(argv[argc - 1], "left") == 0;
  if (left) {
    for (int i = 0; i < 1000 && inotify_init1(0) >= 0; ++i) {
    }
    pause_ms(slow(1500));
    return verdict();
  }
  long end = now_ms() + slow(1200);
  while (now_ms() < end) {
    int fd = inotify_init1(0);
    must("an inotify instance", fd >= 0);
    close(fd);
    pause_ms(20);
  }
  return verdict();
}
