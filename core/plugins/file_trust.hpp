// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "core/base/result.hpp"

namespace cex::plugins {

enum class Hands : std::uint8_t {
  ours,     ///< root's or the service's: as trusted as the service itself
  foreign,  ///< another user's alone
};

/// Whose a plugin's file is. What it says decides what runs in boxes, so it must be in certain
/// hands: a regular file, no link, writable by its owner only, in folders of which the same is true
/// up to the root. A folder above that everybody may write to must be root's and sticky, like /tmp.
/// `path` is canonical. Errors: Errc::plugin naming the file or folder and what to do. Reads the
/// file system.
[[nodiscard]] Result<Hands> whose(const std::string& path, uid_t service);

}  // namespace cex::plugins
