// SPDX-License-Identifier: Apache-2.0
#include "core/launcher/cgroup_file.hpp"

#include <signal.h>

#include "core/launcher/raw.hpp"

namespace cex::launcher {
namespace {

constexpr std::size_t kBuffer = 8192;

std::uint64_t number_at(const char* text) {
  std::uint64_t value = 0;
  while (*text >= '0' && *text <= '9')
    value = value * 10 + static_cast<std::uint64_t>(*text++ - '0');
  return value;
}

long read_all(int fd, char* buffer) {
  const long size = raw::pread(fd, buffer, kBuffer - 1);
  if (size >= 0) buffer[size] = '\0';
  return size;
}

}  // namespace

bool write_text(int fd, const char* text) {
  const std::size_t size = raw::length(text);
  return raw::call(SYS_pwrite64, fd, text, size, 0L) == static_cast<long>(size);
}

bool write_number(int fd, std::uint64_t value) {
  char text[24];
  raw::decimal(value, text);
  return write_text(fd, text);
}

std::uint64_t read_number(int fd) {
  char buffer[kBuffer];
  return read_all(fd, buffer) > 0 ? number_at(buffer) : 0;
}

std::uint64_t read_keyed(int fd, const char* key) {
  char buffer[kBuffer];
  if (read_all(fd, buffer) <= 0) return 0;
  const std::size_t size = raw::length(key);
  for (const char* line = buffer; *line != '\0';) {
    std::size_t same = 0;
    while (same < size && line[same] == key[same]) ++same;
    if (same == size && line[size] == ' ') return number_at(line + size + 1);
    while (*line != '\0' && *line != '\n') ++line;
    if (*line == '\n') ++line;
  }
  return 0;
}

void kill_listed(int fd, int self) {
  char buffer[kBuffer];
  if (read_all(fd, buffer) <= 0) return;
  for (const char* line = buffer; *line != '\0';) {
    const auto pid = static_cast<int>(number_at(line));
    if (pid > 1 && pid != self) raw::call(SYS_kill, pid, SIGKILL);
    while (*line != '\0' && *line != '\n') ++line;
    if (*line == '\n') ++line;
  }
}

}  // namespace cex::launcher
