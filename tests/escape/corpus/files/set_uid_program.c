// SPDX-License-Identifier: Apache-2.0
// requires: FS-4 ID-1
// about: makes a set-uid and set-gid copy of a program and looks whose rights it has
#include "attack.h"

int main(void) {
  if (system("cp /usr/bin/id /box/id && chmod 6755 /box/id") != 0) return 1;
  FILE* pipe = popen("/box/id -u; /box/id -ru; /usr/bin/id -u", "r");
  unsigned ids[3] = {0, 0, 0};
  must("id runs", fscanf(pipe, "%u %u %u", &ids[0], &ids[1], &ids[2]) == 3);
  for (int i = 0; i < 3; ++i) must("the same id", ids[i] == getuid() && ids[i] != 0);
  must("no new privileges", strcmp(status_field("NoNewPrivs"), "1") == 0);
  return verdict();
}
