// SPDX-License-Identifier: Apache-2.0
// requires: CC-1
// about: puts the environment of the assembler into the program and prints it
// status: ok compile_error
// stdout: any
__asm__(".data\n.globl text\ntext: .incbin \"/proc/self/environ\"\n.byte 0\n.text");
extern const char text[];
int printf(const char*, ...);
int main(void) {
  return printf("%s", text) < 0;
}
