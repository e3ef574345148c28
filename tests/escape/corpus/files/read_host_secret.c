// SPDX-License-Identifier: Apache-2.0
// requires: FS-1 FS-2
// about: opens a file of the host's /tmp that everybody may read, by every way there is to spell it
// args: {secret}
#include "attack.h"

int main(int argc, char** argv) {
  const char* before[] = {"",        "/proc/self/root", "/proc/1/root", "/proc/self/cwd/..",
                          "/box/..", "/tmp/../../../.."};
  char path[4096];
  for (size_t i = 0; argc > 1 && i < sizeof(before) / sizeof(*before); ++i) {
    snprintf(path, sizeof(path), "%s%s", before[i], argv[1]);
    refused2(path, open(path, O_RDONLY), ENOENT, EACCES);
  }
  return verdict();
}
