// SPDX-License-Identifier: Apache-2.0
// requires: PR-5 MM-5
// about: raises every resource limit, softly and hard
#include "attack.h"

int main(void) {
  for (int resource = 0; resource < RLIM_NLIMITS; ++resource) {
    struct rlimit now, more;
    if (getrlimit((__rlimit_resource_t)resource, &now) != 0) continue;
    if (now.rlim_max == RLIM_INFINITY) continue;
    more = now;
    more.rlim_max = now.rlim_max + 1;
    char name[32];
    snprintf(name, sizeof(name), "limit %d", resource);
    refused(name, setrlimit((__rlimit_resource_t)resource, &more), EPERM);
    refused(name, prlimit(1, (__rlimit_resource_t)resource, &more, NULL), 0);
  }
  return verdict();
}
