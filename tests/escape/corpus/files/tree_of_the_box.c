// SPDX-License-Identifier: Apache-2.0
// requires: FS-2
// about: lists the root of the box; only what a box has may be there
#include "attack.h"

#include <dirent.h>

static void list(const char* folder, const char* const* allowed) {
  DIR* stream = opendir(folder);
  must(folder, stream != NULL);
  for (struct dirent* entry; stream != NULL && (entry = readdir(stream)) != NULL;) {
    int known = entry->d_name[0] == '.' && (entry->d_name[1] == '\0' || entry->d_name[1] == '.');
    for (const char* const* name = allowed; *name != NULL; ++name)
      known |= strcmp(*name, entry->d_name) == 0;
    if (!known) through("%s/%s is there", folder, entry->d_name);
  }
}

int main(void) {
  const char* root[] = {"bin",  "box", "dev", "etc", "lib",    "lib32", "lib64", "libx32", "proc",
                        "sbin", "tmp", "usr", "var", "layers", ".cell", ".proc", NULL};
  const char* dev[] = {"fd",    "full",   "null",    "random", "shm", "stderr",
                       "stdin", "stdout", "urandom", "zero",   NULL};
  list("/", root);
  const char* var[] = {"tmp", "lib", NULL};
  const char* lib[] = {"ghc", NULL};
  list("/dev", dev);
  list("/var", var);
  if (access("/var/lib", F_OK) == 0) list("/var/lib", lib);
  refused("/.cell is a bare mount point", rmdir("/.cell"), EROFS);
  return verdict();
}
