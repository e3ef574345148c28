// SPDX-License-Identifier: Apache-2.0
// requires: FS-1
// about: climbs with ".." from every folder it can name and looks whether it comes out elsewhere
#include "attack.h"

static ino_t inode_of(const char* path) {
  struct stat status;
  return stat(path, &status) == 0 ? status.st_ino : 0;
}

int main(void) {
  const char* from[] = {"/", "/box", "/tmp", "/dev/shm", "/usr", "/proc/self", "/usr/lib"};
  for (size_t i = 0; i < sizeof(from) / sizeof(*from); ++i) {
    if (chdir(from[i]) != 0) continue;
    for (int k = 0; k < 64; ++k) must("chdir(..)", chdir("..") == 0);
    must("the top is /", inode_of(".") == inode_of("/"));
    refused("the host's root folder", access("root", F_OK), ENOENT);
    refused("the host's home", access("home", F_OK), ENOENT);
  }
  return verdict();
}
