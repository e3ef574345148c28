// SPDX-License-Identifier: Apache-2.0
// requires: sec-5
// about: calls that administer the machine
#include "attack.h"

int main(void) {
  const struct call calls[] = {
      {"kexec_load", SYS_kexec_load},
      {"kexec_file_load", SYS_kexec_file_load},
      {"init_module", SYS_init_module},
      {"finit_module", SYS_finit_module},
      {"delete_module", SYS_delete_module},
      {"create_module", SYS_create_module},
      {"reboot", SYS_reboot},
      {"syslog", SYS_syslog},
      {"acct", SYS_acct},
      {"nfsservctl", SYS_nfsservctl},
      {"uselib", SYS_uselib},
      {"ustat", SYS_ustat},
      {"sysfs", SYS_sysfs},
      {"_sysctl", SYS__sysctl},
      {"vhangup", SYS_vhangup},
      {"settimeofday", SYS_settimeofday},
      {"clock_settime", SYS_clock_settime},
      {"clock_adjtime", SYS_clock_adjtime},
      {"adjtimex", SYS_adjtimex},
      {"sethostname", SYS_sethostname},
      {"setdomainname", SYS_setdomainname},
      {"lsm_set_self_attr", 460},
      {"landlock_nothing", 600},
  };
  calls_refused(calls, sizeof(calls) / sizeof(*calls));
  return verdict();
}
