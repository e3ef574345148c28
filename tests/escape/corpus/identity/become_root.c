// SPDX-License-Identifier: Apache-2.0
// requires: ID-1
// about: asks for root by every call that changes ids
#include "attack.h"

#include <grp.h>
#include <sys/fsuid.h>

int main(void) {
  refused("setuid", setuid(0), 0);
  refused("seteuid", seteuid(0), 0);
  refused("setreuid", setreuid(0, 0), 0);
  refused("setresuid", setresuid(0, 0, 0), 0);
  refused("setgid", setgid(0), 0);
  refused("setresgid", setresgid(0, 0, 0), 0);
  gid_t group = 0;
  refused("setgroups", setgroups(1, &group), 0);
  refused("another slot's uid", setuid(getuid() + 2), 0);
  refused("its init's uid", setuid(getuid() + 1), 0);
  setfsuid(0);
  must("fsuid", (uid_t)setfsuid((uid_t)-1) == getuid());
  return verdict();
}
