// SPDX-License-Identifier: Apache-2.0
// requires: PS-3
// about: opens what the kernel says of itself and of others
#include "attack.h"

int main(void) {
  const char* names[] = {"kcore",        "kmsg",        "keys",        "key-users",  "timer_list",
                         "timer_stats",  "kallsyms",    "sched_debug", "kpagecount", "kpageflags",
                         "kpagecgroup",  "vmallocinfo", "slabinfo",    "modules",    "config.gz",
                         "iomem",        "ioports",     "cmdline",     "mounts/..",  "partitions",
                         "diskstats",    "swaps",       "interrupts",  "locks",      "sysvipc/shm",
                         "pressure/cpu", "cpuinfo",     "meminfo",     "version",    "uptime",
                         "loadavg",      "stat"};
  int whole = access("/proc/meminfo", F_OK) == 0;
  must("proc shows processes only", !whole);
  for (size_t i = 0; i < sizeof(names) / sizeof(*names); ++i) {
    char path[128];
    snprintf(path, sizeof(path), "/proc/%s", names[i]);
    refused2(path, open(path, O_RDONLY), ENOENT, ENOTDIR);
  }
  return verdict();
}
