// SPDX-License-Identifier: Apache-2.0
// requires: ID-1
// about: becomes root of a namespace of its own, the first step of many kernel exploits
#include "attack.h"

#include <sched.h>

int main(void) {
  refused("unshare", unshare(CLONE_NEWUSER), EPERM);
  refused("unshare all", unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET), EPERM);
  refused("clone", syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0), EPERM);
  refused("clone with high bits",
          syscall(SYS_clone, 0xff00000000000000UL | CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0), EPERM);
  struct {
    unsigned long flags;
    unsigned long rest[10];
  } args = {CLONE_NEWUSER, {0}};
  refused("clone3", syscall(SYS_clone3, &args, sizeof(args)), ENOSYS);
  return verdict();
}
