// SPDX-License-Identifier: Apache-2.0
// requires: PS-4 MM-5
// about: writes the files of its own /proc folder that change more than itself
#include "attack.h"

static void try_write(const char* path, const char* text) {
  int fd = open(path, O_WRONLY);
  refused(path, fd < 0 ? -1 : write(fd, text, strlen(text)), 0);
  if (fd >= 0) close(fd);
}

int main(void) {
  try_write("/proc/self/oom_score_adj", "-1000");
  try_write("/proc/self/oom_score_adj", "-1");
  try_write("/proc/self/uid_map", "0 0 1");
  try_write("/proc/self/gid_map", "0 0 1");
  try_write("/proc/self/attr/current", "unconfined");
  try_write("/proc/self/timens_offsets", "monotonic 1 0");
  must("the job is the first to go when memory runs out",
       atoi(read_file("/proc/self/oom_score_adj")) >= 1000);
  return verdict();
}
