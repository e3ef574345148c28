// SPDX-License-Identifier: Apache-2.0
// requires: PR-6 FS-8
// about: two jobs meet at files in the places that everybody may write
// run: pair
// limits: wall_ms=8000
#include "attack.h"

int main(int argc, char** argv) {
  const char* places[] = {"/tmp", "/dev/shm", "/var/tmp", "/box"};
  const char* other = strcmp(argv[argc - 1], "left") == 0 ? "right" : "left";
  char path[64];
  for (int i = 0; i < 4; ++i) {
    snprintf(path, sizeof(path), "%s/cex-%s", places[i], argv[argc - 1]);
    close(open(path, O_CREAT | O_WRONLY, 0666));
  }
  long end = now_ms() + slow(1200);
  while (now_ms() < end && g_through == 0) {
    for (int i = 0; i < 4; ++i) {
      snprintf(path, sizeof(path), "%s/cex-%s", places[i], other);
      refused(path, access(path, F_OK), ENOENT);
    }
    pause_ms(10);
  }
  return verdict();
}
