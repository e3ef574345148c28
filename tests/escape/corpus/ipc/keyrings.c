// SPDX-License-Identifier: Apache-2.0
// requires: PR-6
// about: leaves and finds keys in the kernel's keyrings
#include "attack.h"

int main(void) {
  refused("add_key", syscall(SYS_add_key, "user", "cex", "x", 1, -4), EPERM);
  refused("request_key", syscall(SYS_request_key, "user", "cex", NULL, -4), EPERM);
  refused("keyctl join", syscall(SYS_keyctl, 1, "cex"), EPERM);
  refused("keyctl read", syscall(SYS_keyctl, 11, -4, NULL, 0), EPERM);
  return verdict();
}
