// SPDX-License-Identifier: Apache-2.0
// requires: PS-2 PR-6
// about: every call that reaches into other processes
#include "attack.h"

int main(void) {
  const struct call calls[] = {
      {"ptrace", SYS_ptrace},
      {"process_vm_readv", SYS_process_vm_readv},
      {"process_vm_writev", SYS_process_vm_writev},
      {"process_madvise", SYS_process_madvise},
      {"process_mrelease", 448},
      {"kcmp", SYS_kcmp},
      {"pidfd_getfd", SYS_pidfd_getfd},
      {"migrate_pages", SYS_migrate_pages},
      {"move_pages", SYS_move_pages},
  };
  calls_refused(calls, sizeof(calls) / sizeof(*calls));
  return verdict();
}
