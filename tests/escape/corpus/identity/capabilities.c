// SPDX-License-Identifier: Apache-2.0
// requires: ID-1
// about: raises capabilities, ambient ones too, and unlocks the secure bits
#include "attack.h"

#include <linux/capability.h>
#include <sys/prctl.h>

int main(void) {
  struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2];
  memset(data, 0xff, sizeof(data));
  refused("capset", syscall(SYS_capset, &head, data), 0);
  refused("ambient", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, 21, 0, 0), 0);
  refused("securebits", prctl(PR_SET_SECUREBITS, 0), 0);
  refused("keepcaps", prctl(PR_SET_KEEPCAPS, 1), 0);
  refused("no_new_privs off", prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0), 0);
  int bits = prctl(PR_GET_SECUREBITS);
  must("root means nothing, and that is locked", (bits & 3) == 3);
  return verdict();
}
