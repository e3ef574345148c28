.bss
.lcomm buffer, 4096
.text
.globl _start
_start:
  mov $0, %rax
  mov $0, %rdi
  lea buffer(%rip), %rsi
  mov $4096, %rdx
  syscall
  test %rax, %rax
  jle done
  mov %rax, %rdx
  mov $1, %rax
  mov $1, %rdi
  lea buffer(%rip), %rsi
  syscall
  jmp _start
done:
  mov $60, %rax
  xor %rdi, %rdi
  syscall
