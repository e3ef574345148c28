// SPDX-License-Identifier: Apache-2.0
// requires: FS-4
// about: runs a program from places where only data should be
#include "attack.h"

int main(void) {
  if (system("cp /usr/bin/true /tmp/true && cp /usr/bin/true /dev/shm/true && chmod 755 /tmp/true "
             "/dev/shm/true") != 0)
    return 1;
  char* argv[] = {"true", NULL};
  refused("/tmp", execv("/tmp/true", argv), EACCES);
  refused("/dev/shm", execv("/dev/shm/true", argv), EACCES);
  int fd = open("/tmp/true", O_RDONLY);
  refused("mapping it executable",
          (long)mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0), EPERM);
  return verdict();
}
