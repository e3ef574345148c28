// SPDX-License-Identifier: Apache-2.0
// requires: FS-5 PS-3
// about: looks whether the devices of the box are the harmless ones that their names say
#include "attack.h"

#include <sys/sysmacros.h>

int main(void) {
  const struct {
    const char* path;
    unsigned minor;
  } known[] = {{"/dev/null", 3},
               {"/dev/zero", 5},
               {"/dev/full", 7},
               {"/dev/random", 8},
               {"/dev/urandom", 9}};
  for (size_t i = 0; i < sizeof(known) / sizeof(*known); ++i) {
    struct stat status;
    must(known[i].path, stat(known[i].path, &status) == 0 && S_ISCHR(status.st_mode) &&
                            major(status.st_rdev) == 1 && minor(status.st_rdev) == known[i].minor);
  }
  return verdict();
}
