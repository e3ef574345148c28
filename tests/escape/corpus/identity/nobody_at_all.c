// SPDX-License-Identifier: Apache-2.0
// requires: ID-1
// about: reads its ids, groups and capabilities from the kernel's own account
#include "attack.h"

int main(void) {
  unsigned ids[4] = {0};
  must("uids", sscanf(status_field("Uid"), "%u %u %u %u", ids, ids + 1, ids + 2, ids + 3) == 4);
  for (int i = 0; i < 4; ++i) must("never root", ids[i] != 0);
  must("gids", sscanf(status_field("Gid"), "%u %u %u %u", ids, ids + 1, ids + 2, ids + 3) == 4);
  for (int i = 0; i < 4; ++i) must("never root's group", ids[i] != 0);
  must("no groups", strspn(status_field("Groups"), " \t") == strlen(status_field("Groups")) ||
                        getgroups(0, NULL) == 1);
  const char* sets[] = {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"};
  for (size_t i = 0; i < sizeof(sets) / sizeof(*sets); ++i)
    must(sets[i], strtoull(status_field(sets[i]), NULL, 16) == 0);
  must("no new privileges", strcmp(status_field("NoNewPrivs"), "1") == 0);
  must("a filter", strcmp(status_field("Seccomp"), "2") == 0);
  must("an unshared umask", strcmp(status_field("Umask"), "0022") == 0);
  must("not traced", strcmp(status_field("TracerPid"), "0") == 0);
  return verdict();
}
