// SPDX-License-Identifier: Apache-2.0
// requires: FS-10
// about: result files that are links to files of the host, absolute, relative and by way of a folder
// args: {secret}
// artifacts: **
#include "attack.h"

int main(int argc, char** argv) {
  char up[4200];
  snprintf(up, sizeof(up), "../../../../../../../../..%s", argc > 1 ? argv[1] : "/");
  must("absolute", symlink(argc > 1 ? argv[1] : "/", "/box/out.txt") == 0);
  must("relative", symlink(up, "/box/up.txt") == 0);
  must("folder", symlink("/", "/box/folder") == 0);
  must("magic", symlink("/proc/self/environ", "/box/environ.txt") == 0);
  must("magic folder", symlink("/proc/self/root", "/box/root") == 0);
  return verdict();
}
