// SPDX-License-Identifier: Apache-2.0
// requires: PR-7
// about: crashes many times, in the work folder, with as much core as it may
// limits: processes=64
#include "attack.h"

#include <dirent.h>
#include <sys/prctl.h>

int main(void) {
  for (int i = 0; i < 40; ++i) {
    pid_t pid = fork();
    if (pid == 0) {
      prctl(PR_SET_DUMPABLE, 1);
      *(volatile int*)8 = 1;
    }
    int status = 0;
    waitpid(pid, &status, 0);
    must("it crashed", WIFSIGNALED(status));
    must("no core was written", !WCOREDUMP(status));
  }
  DIR* folder = opendir("/box");
  for (struct dirent* entry; (entry = readdir(folder)) != NULL;) {
    if (strncmp(entry->d_name, "core", 4) == 0) through("%s is there", entry->d_name);
  }
  return verdict();
}
