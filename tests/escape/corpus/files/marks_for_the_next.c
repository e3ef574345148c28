// SPDX-License-Identifier: Apache-2.0
// requires: FS-8 RT-1
// about: leaves marks wherever it can write and looks for those of the job before
// run: twice
#include "attack.h"

int main(int argc, char** argv) {
  const char* places[] = {"/tmp/cex-mark", "/dev/shm/cex-mark", "/box/cex-mark",
                          "/box/sub/cex-mark"};
  mkdir("/box/sub", 0700);
  int second = argc > 1 && strcmp(argv[1], "second") == 0;
  for (size_t i = 0; i < sizeof(places) / sizeof(*places); ++i) {
    if (second) refused(places[i], access(places[i], F_OK), ENOENT);
    close(open(places[i], O_WRONLY | O_CREAT, 0666));
  }
  return verdict();
}
