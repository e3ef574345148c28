// SPDX-License-Identifier: Apache-2.0
// requires: PS-1
// about: looks how many pid namespaces the own number is known in
#include "attack.h"

int main(void) {
  must("one number", strchr(status_field("NSpid"), '\t') == NULL);
  must("a small number", getpid() < 100);
  must("the parent is the box's init or outside of sight", getppid() <= 1);
  return verdict();
}
