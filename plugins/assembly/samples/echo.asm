section .bss
buffer: resb 4096
section .text
global _start
_start:
  mov rax, 0
  mov rdi, 0
  mov rsi, buffer
  mov rdx, 4096
  syscall
  test rax, rax
  jle done
  mov rdx, rax
  mov rax, 1
  mov rdi, 1
  mov rsi, buffer
  syscall
  jmp _start
done:
  mov rax, 60
  xor rdi, rdi
  syscall
