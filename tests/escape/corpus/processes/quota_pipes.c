// SPDX-License-Identifier: Apache-2.0
// requires: PR-6 MM-2
// about: two jobs; one takes the pages that its user may have in pipes, the other must get a full-sized pipe
// run: pair
// limits: wall_ms=8000 open_files=4096
#include "attack.h"

int main(int argc, char** argv) {
  int left = argc > 1 && strcmp(argv[argc - 1], "left") == 0;
  int pair[2];
  if (left) {
    for (int i = 0; i < 1500 && pipe(pair) == 0; ++i) fcntl(pair[0], F_SETPIPE_SZ, 1 << 20);
    pause_ms(slow(1500));
    return verdict();
  }
  long end = now_ms() + slow(1200);
  while (now_ms() < end) {
    must("a pipe", pipe(pair) == 0);
    must("of full size", fcntl(pair[0], F_GETPIPE_SZ) >= 65536);
    close(pair[0]);
    close(pair[1]);
    pause_ms(20);
  }
  return verdict();
}
