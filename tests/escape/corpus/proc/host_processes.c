// SPDX-License-Identifier: Apache-2.0
// requires: PS-1
// about: looks for processes that are not its own, by listing and by asking for every number
// args: {pid}
#include "attack.h"

#include <dirent.h>

int main(int argc, char** argv) {
  DIR* stream = opendir("/proc");
  int seen = 0;
  for (struct dirent* entry; (entry = readdir(stream)) != NULL;) {
    if (entry->d_name[0] < '0' || entry->d_name[0] > '9') continue;
    ++seen;
    if (atoi(entry->d_name) != getpid()) through("process %s is listed", entry->d_name);
  }
  must("this process is listed", seen == 1);
  for (pid_t pid = 2; pid < 70000; ++pid) {
    if (pid != getpid() && kill(pid, 0) == 0) through("process %d is there", pid);
  }
  char path[64];
  snprintf(path, sizeof(path), "/proc/%s/status", argc > 1 ? argv[1] : "x");
  refused(path, access(path, F_OK), ENOENT);
  return verdict();
}
