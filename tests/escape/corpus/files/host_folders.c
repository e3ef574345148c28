// SPDX-License-Identifier: Apache-2.0
// requires: FS-2 PS-3
// about: looks for the folders of the host that no toolchain needs
#include "attack.h"

int main(void) {
  const char* names[] = {"/root",
                         "/home",
                         "/var/lib/dpkg",
                         "/var/lib/docker",
                         "/var/lib/private",
                         "/var/log",
                         "/run",
                         "/srv",
                         "/mnt",
                         "/media",
                         "/boot",
                         "/opt",
                         "/sys",
                         "/var/run/docker.sock",
                         "/run/docker.sock",
                         "/run/systemd",
                         "/lost+found"};
  for (size_t i = 0; i < sizeof(names) / sizeof(*names); ++i)
    refused(names[i], access(names[i], F_OK), ENOENT);
  return verdict();
}
