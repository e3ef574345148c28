// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace cex::launcher {

/// Small reads and writes of cgroup files by kept descriptor, without a heap.
bool write_number(int fd, std::uint64_t value);
bool write_text(int fd, const char* text);
/// The whole file as one number; 0 if it cannot be read.
std::uint64_t read_number(int fd);
/// The number after `key` and a space at the start of a line; 0 if there is none.
std::uint64_t read_keyed(int fd, const char* key);
/// Sends SIGKILL to each process listed in a cgroup.procs but `self`.
void kill_listed(int fd, int self);

}  // namespace cex::launcher
