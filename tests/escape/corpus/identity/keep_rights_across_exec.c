// SPDX-License-Identifier: Apache-2.0
// requires: ID-1 ID-4
// about: runs a program from memory and looks whether filter and ids went with it
// stdout: any
#include "attack.h"

#include <sys/sendfile.h>

int main(int argc, char** argv) {
  if (argc > 1 && strcmp(argv[argc - 1], "again") == 0) {
    must("a filter", strcmp(status_field("Seccomp"), "2") == 0);
    must("no new privileges", strcmp(status_field("NoNewPrivs"), "1") == 0);
    must("no root", getuid() != 0 && geteuid() != 0);
    refused("chroot", chroot("/tmp"), EPERM);
    return verdict();
  }
  int fd = memfd_create("copy", 0), self = open("/proc/self/exe", O_RDONLY);
  while (sendfile(fd, self, NULL, 1 << 20) > 0) {
  }
  char* again[] = {"copy", "again", NULL};
  char* none[] = {NULL};
  fexecve(fd, again, none);
  through("the copy does not run: %s", strerrorname_np(errno));
}
