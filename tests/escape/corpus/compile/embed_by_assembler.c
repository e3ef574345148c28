// SPDX-License-Identifier: Apache-2.0
// requires: CC-1
// about: lets the assembler read files of the host
// status: compile_error
// stdout: any
__asm__(".incbin \"/etc/shadow\"");
__asm__(".incbin \"/proc/1/environ\"");
int main(void) {
  return 0;
}
