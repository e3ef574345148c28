// SPDX-License-Identifier: Apache-2.0
#include "core/supervise/accounting.hpp"

#include <unistd.h>

#include <array>
#include <charconv>
#include <optional>
#include <string_view>

namespace cex::supervise {
namespace {

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) return std::nullopt;
  return value;
}

std::uint64_t keyed(std::string_view text, std::string_view key) {
  for (std::size_t at = text.find(key); at != std::string_view::npos; at = text.find(key, at + 1)) {
    const bool line_start = at == 0 || text[at - 1] == '\n';
    if (line_start && at + key.size() < text.size() && text[at + key.size()] == ' ') {
      return number(text.substr(at + key.size() + 1)).value_or(0);
    }
  }
  return 0;
}

std::string_view read(int fd, std::array<char, 4096>& buffer) {
  if (fd < 0) return {};
  const ssize_t size = ::pread(fd, buffer.data(), buffer.size(), 0);
  return size > 0 ? std::string_view{buffer.data(), static_cast<std::size_t>(size)}
                  : std::string_view{};
}

std::chrono::nanoseconds read_cpu(int fd) {
  std::array<char, 4096> buffer;
  const std::string_view text = read(fd, buffer);
  // cpuacct.usage is one number of nanoseconds; cpu.stat begins with a word.
  if (const auto plain = number(text)) return std::chrono::nanoseconds{*plain};
  return std::chrono::microseconds{keyed(text, "usage_usec")};
}

std::uint64_t read_oom(int fd) {
  std::array<char, 4096> buffer;
  return keyed(read(fd, buffer), "oom_kill");
}

}  // namespace

Accounting::Accounting(int cpu_file, int memory_file, std::chrono::nanoseconds cpu_base,
                       std::uint64_t oom_base)
    : cpu_file_{cpu_file}, memory_file_{memory_file}, cpu_base_{cpu_base}, oom_base_{oom_base} {}

std::chrono::nanoseconds Accounting::cpu() const {
  return read_cpu(cpu_file_) - cpu_base_;
}

bool Accounting::out_of_memory() const {
  return read_oom(memory_file_) > oom_base_;
}

}  // namespace cex::supervise
