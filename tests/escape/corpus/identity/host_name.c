// SPDX-License-Identifier: Apache-2.0
// requires: ID-1
// about: reads the host's name and changes it
#include "attack.h"

#include <sys/utsname.h>

int main(void) {
  struct utsname names;
  must("uname", uname(&names) == 0);
  must("the name is the box's", strcmp(names.nodename, "box") == 0);
  refused("sethostname", sethostname("x", 1), EPERM);
  refused("setdomainname", setdomainname("x", 1), EPERM);
  return verdict();
}
