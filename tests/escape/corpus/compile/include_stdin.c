// SPDX-License-Identifier: Apache-2.0
// requires: CC-1
// about: includes the standard input, which must not block
// status: ok
// stdout: any
#include "/dev/stdin"
int main(void) {
  return 0;
}
