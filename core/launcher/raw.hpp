// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>

/// Raw system calls for code that runs between clone and exec: no heap, no locale, no cancellation
/// points, nothing of libc but `syscall` itself. All return the kernel's result, errno is set on
/// -1.
namespace cex::raw {

template <class... Args>
inline long call(long number, Args... args) {
  return ::syscall(number, args...);
}

[[noreturn]] inline void exit(int code) {
  while (true) call(SYS_exit_group, code);
}

inline int close(int fd) {
  return static_cast<int>(call(SYS_close, fd));
}
/// Closes what is open and forgets it.
inline void reset(int& fd) {
  if (fd >= 0) close(fd);
  fd = -1;
}
inline int openat(int dir, const char* path, int flags, unsigned mode = 0) {
  return static_cast<int>(call(SYS_openat, dir, path, flags, mode));
}
inline long write(int fd, const void* data, std::size_t size) {
  return call(SYS_write, fd, data, size);
}
inline long pread(int fd, void* data, std::size_t size) {
  return call(SYS_pread64, fd, data, size, 0L);
}
inline int mkdirat(int dir, const char* path, unsigned mode) {
  return static_cast<int>(call(SYS_mkdirat, dir, path, mode));
}
inline int prctl(int option, unsigned long a = 0, unsigned long b = 0, unsigned long c = 0,
                 unsigned long d = 0) {
  return static_cast<int>(call(SYS_prctl, static_cast<long>(option), a, b, c, d));
}

inline std::size_t length(const char* text) {
  std::size_t size = 0;
  while (text[size] != '\0') ++size;
  return size;
}

/// Writes `value` in decimal to `out` (at least 24 bytes), ends it with NUL, returns the length.
inline std::size_t decimal(std::uint64_t value, char* out) {
  char digits[24];
  std::size_t count = 0;
  do {
    digits[count++] = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value != 0);
  for (std::size_t i = 0; i < count; ++i) out[i] = digits[count - 1 - i];
  out[count] = '\0';
  return count;
}

/// CLOCK_MONOTONIC in nanoseconds.
std::uint64_t now_ns();

}  // namespace cex::raw
