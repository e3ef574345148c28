// SPDX-License-Identifier: Apache-2.0
// requires: FS-7 AR-5
// about: a tree a thousand times deeper than PATH_MAX, with folders that nobody may list
// limits: disk_bytes=67108864 wall_ms=10000 cpu_ms=9000
// artifacts: **
#include "attack.h"

int main(void) {
  char name[251];
  memset(name, 'd', sizeof(name) - 1);
  name[sizeof(name) - 1] = '\0';
  int depth = 0;
  for (; depth < 12000 && mkdir(name, 0700) == 0 && chdir(name) == 0; ++depth) {
  }
  must("the tree is deep", depth > 1000);
  chmod(".", 0);
  close(open("/box/plain.txt", O_WRONLY | O_CREAT, 0600));
  mkdir("/box/closed", 0);
  return verdict();
}
