// SPDX-License-Identifier: Apache-2.0
// requires: PS-3
// about: opens the kernel's settings and its ways to run a program as root
#include "attack.h"

int main(void) {
  const char* names[] = {"sys/kernel/core_pattern",
                         "sys/kernel/modprobe",
                         "sys/kernel/hotplug",
                         "sys/kernel/pid_max",
                         "sys/kernel/ns_last_pid",
                         "sys/fs/binfmt_misc/register",
                         "sys/net/ipv4/ip_forward",
                         "sys/vm/drop_caches",
                         "sys/user/max_user_namespaces",
                         "sysrq-trigger",
                         "irq/0/smp_affinity",
                         "bus/pci",
                         "fs/nfsd",
                         "driver",
                         "acpi",
                         "scsi/scsi",
                         "mtrr",
                         "latency_stats",
                         "asound"};
  for (size_t i = 0; i < sizeof(names) / sizeof(*names); ++i) {
    char path[128];
    snprintf(path, sizeof(path), "/proc/%s", names[i]);
    refused(path, open(path, O_WRONLY), ENOENT);
    refused(path, open(path, O_RDONLY), ENOENT);
  }
  return verdict();
}
