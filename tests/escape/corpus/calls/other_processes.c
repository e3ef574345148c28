// SPDX-License-Identifier: Apache-2.0
// requires: PS-2 PR-6
// about: every call that reaches into other processes
#include "attack.h"

int main(void) {
  const struct { const char* name; long number; } calls[] = {
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
  for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); ++i) {
    refused2(calls[i].name, syscall(calls[i].number, 0, 0, 0, 0, 0, 0), EPERM, ENOSYS);
  }
  return verdict();
}
