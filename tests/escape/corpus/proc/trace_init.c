// SPDX-License-Identifier: Apache-2.0
// requires: PS-2
// about: traces, reads and takes descriptors of process 1
#include "attack.h"

#include <sys/ptrace.h>
#include <sys/uio.h>

int main(void) {
  char byte;
  struct iovec mine = {&byte, 1}, its = {(void*)0x400000, 1};
  refused("PTRACE_ATTACH", ptrace(PTRACE_ATTACH, 1, 0, 0), EPERM);
  refused("PTRACE_SEIZE", ptrace(PTRACE_SEIZE, 1, 0, 0), EPERM);
  refused("PTRACE_TRACEME", ptrace(PTRACE_TRACEME, 0, 0, 0), EPERM);
  refused("process_vm_readv", process_vm_readv(1, &mine, 1, &its, 1, 0), EPERM);
  refused("process_vm_writev", process_vm_writev(1, &mine, 1, &its, 1, 0), EPERM);
  refused("kcmp", syscall(SYS_kcmp, 1, getpid(), 0, 0, 0), EPERM);
  long pidfd = syscall(SYS_pidfd_open, 1, 0);
  refused("pidfd_getfd", syscall(SYS_pidfd_getfd, pidfd, 0, 0), EPERM);
  refused("process_madvise", syscall(SYS_process_madvise, pidfd, &its, 1, MADV_COLD, 0), EPERM);
  return verdict();
}
