// SPDX-License-Identifier: Apache-2.0
// requires: FS-1 ID-2
// about: uses every descriptor number as a folder of the host to climb out of (the runc working-directory trick)
#include "attack.h"

int main(void) {
  for (int fd = 0; fd < 4096; ++fd) {
    char path[64];
    snprintf(path, sizeof(path), "/proc/self/fd/%d/..", fd);
    if (openat(fd, "..", O_PATH) >= 0 || openat(fd, ".", O_PATH) >= 0)
      through("descriptor %d is a folder", fd);
    if (fd > 2 && fcntl(fd, F_GETFD) >= 0) through("descriptor %d is open", fd);
    if (access(path, F_OK) == 0) through("%s exists", path);
  }
  char here[4096];
  must("the working folder is in the box", getcwd(here, sizeof(here)) != NULL && here[0] == '/');
  return verdict();
}
