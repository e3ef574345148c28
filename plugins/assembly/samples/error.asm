section .text
global _start
_start: no_such_instruction rax, 60
