// SPDX-License-Identifier: Apache-2.0
// requires: CC-3
// about: names, sections and linker commands that could write elsewhere or run code while linking
// status: ok compile_error
// stdout: any
__asm__(".section .note.GNU-stack,\"\",@progbits\n.section \"/etc/x\",\"a\"\n.text");
__asm__(".pushsection .drectve,\"a\"\n.ascii \"-o /usr/bin/x\"\n.popsection");
#pragma comment(linker, "-o /etc/passwd")
#pragma GCC plugin "/box/plugin.so"
int main(void) {
  return 0;
}
