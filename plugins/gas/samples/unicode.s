.data
text: .ascii "Grüße, 世界 🌍\n"
.equ length, . - text
.text
.globl _start
_start:
  mov $1, %rax
  mov $1, %rdi
  lea text(%rip), %rsi
  mov $length, %rdx
  syscall
  mov $60, %rax
  xor %rdi, %rdi
  syscall
