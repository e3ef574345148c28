// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace cex::launcher {

/// The new mount API (Linux 5.2; mount_setattr 5.12), by descriptor: a path cannot be swapped under
/// us.
int open_tree(int dir, const char* path, unsigned flags);
int move_mount_to(int mount, int dir, const char* target);
/// Sets MOUNT_ATTR_* flags; `at_flags` may be AT_RECURSIVE.
int set_mount_flags(int mount, std::uint64_t flags, unsigned at_flags);
bool set_option(int context, const char* key, const char* value);
bool set_number(int context, const char* key, std::uint64_t value);
/// Creates the superblock of `context` and returns its detached mount, -1 with errno on failure.
int finish_mount(int context, unsigned mount_flags);
/// Gives the mount at `mount` (its root) another size and inode budget.
int resize_tmpfs(int mount, std::uint64_t bytes, std::uint64_t inodes);

}  // namespace cex::launcher
