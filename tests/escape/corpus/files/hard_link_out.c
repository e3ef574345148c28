// SPDX-License-Identifier: Apache-2.0
// requires: FS-9
// about: hard links from the box to the toolchains and back
#include "attack.h"

int main(void) {
  refused("link in", link("/usr/bin/env", "/box/env"), EXDEV);
  refused("link out", link("/box/main.c", "/usr/bin/cex-mark"), 0);
  int fd = open("/usr/bin/env", O_PATH);
  refused("link by descriptor", linkat(fd, "", AT_FDCWD, "/box/env", AT_EMPTY_PATH), 0);
  return verdict();
}
