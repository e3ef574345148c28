// SPDX-License-Identifier: Apache-2.0
// requires: FS-2
// about: looks into /etc for what the host keeps there
#include "attack.h"

int main(void) {
  const char* hosts[] = {"/etc/shadow",      "/etc/gshadow", "/etc/ssh",    "/etc/machine-id",
                         "/etc/fstab",       "/etc/sudoers", "/etc/cron.d", "/etc/pam.d",
                         "/etc/environment", "/etc/apt"};
  for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); ++i)
    refused(hosts[i], access(hosts[i], F_OK), ENOENT);
  for (char* line = strtok((char*)read_file("/etc/passwd"), "\n"); line != NULL;
       line = strtok(NULL, "\n")) {
    int made = strncmp(line, "root:x:", 7) == 0 || strncmp(line, "nobody:x:", 9) == 0 ||
               strncmp(line, "box:x:", 6) == 0;
    if (!made) through("a user of the host: %s", line);
  }
  must("the host's name is not told", strcmp(read_file("/etc/hostname"), "box\n") == 0);
  refused("writing /etc/passwd", open("/etc/passwd", O_WRONLY), 0);
  refused("making /etc/x", open("/etc/x", O_WRONLY | O_CREAT, 0644), EROFS);
  return verdict();
}
