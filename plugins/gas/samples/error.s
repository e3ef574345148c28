.text
.globl _start
_start: no_such_instruction %rax
