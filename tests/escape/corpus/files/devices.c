// SPDX-License-Identifier: Apache-2.0
// requires: FS-5
// about: opens the devices that a stranger would like to have
#include "attack.h"

int main(void) {
  const char* names[] = {"mem",         "kmem",         "port",         "kmsg",    "tty",
                         "tty0",        "ptmx",         "pts/0",        "console", "fuse",
                         "kvm",         "loop0",        "loop-control", "sda",     "vda",
                         "nvme0n1",     "net/tun",      "vhost-net",    "vsock",   "mapper/control",
                         "uinput",      "input/event0", "dri/card0",    "mqueue",  "hugepages",
                         "userfaultfd", "cuse",         "rtc0",         "hpet",    "snapshot"};
  char path[128];
  for (size_t i = 0; i < sizeof(names) / sizeof(*names); ++i) {
    snprintf(path, sizeof(path), "/dev/%s", names[i]);
    refused2(path, open(path, O_RDONLY | O_NONBLOCK), ENOENT, ENOTDIR);
  }
  return verdict();
}
