// SPDX-License-Identifier: Apache-2.0
// requires: PS-2
// about: reads whatever /proc says of process 1
#include "attack.h"

int main(void) {
  const char* names[] = {
      "environ",      "mem",    "maps",       "fd",    "root", "exe",       "cwd",
      "cmdline",      "status", "ns/mnt",     "stack", "io",   "map_files", "task/1/environ",
      "attr/current", "auxv",   "personality"};
  for (size_t i = 0; i < sizeof(names) / sizeof(*names); ++i) {
    char path[64], text[16];
    snprintf(path, sizeof(path), "/proc/1/%s", names[i]);
    refused(path, open(path, O_RDONLY), 0);
    refused(path, readlink(path, text, sizeof(text)), 0);
  }
  return verdict();
}
