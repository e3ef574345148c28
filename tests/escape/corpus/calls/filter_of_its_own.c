// SPDX-License-Identifier: Apache-2.0
// requires: sec-5
// about: installs filters: a stricter one is its right, becoming somebody's supervisor is not
#include "attack.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>

int main(void) {
  struct sock_filter allow[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  struct sock_fprog program = {1, allow};
  refused("a listener",
          syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program),
          0);
  must("a filter that allows all", prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
  refused("mount afterwards", syscall(SYS_mount, "none", "/tmp", "tmpfs", 0, 0), EPERM);
  refused("ptrace afterwards", syscall(SYS_ptrace, 0, 0, 0, 0), EPERM);
  return verdict();
}
