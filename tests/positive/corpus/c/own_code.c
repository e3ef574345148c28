// SPDX-License-Identifier: Apache-2.0
// about: code made at run time, the way just-in-time compilers do, with pages that change from writable to executable
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void) {
  const unsigned char answer[] = {0xb8, 42, 0, 0, 0, 0xc3};
  void* page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  memcpy(page, answer, sizeof(answer));
  if (mprotect(page, 4096, PROT_READ | PROT_EXEC) != 0 || ((int (*)(void))page)() != 42) return 1;
  int fd = memfd_create("double", MFD_CLOEXEC);
  if (ftruncate(fd, 4096) != 0) return 2;
  void* writable = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  void* executable = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
  memcpy(writable, answer, sizeof(answer));
  if (executable == MAP_FAILED || ((int (*)(void))executable)() != 42) return 3;
  puts("works");
}
