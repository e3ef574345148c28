// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <string>

#include "core/base/result.hpp"

namespace cex::plugins {

/// What a plugin says runs in this process or decides what runs in boxes, so its files must be in
/// trusted hands: a regular file, no link, owned by root or `service`, writable by nobody else, in
/// folders of which the same is true up to the root. A folder above that everybody may write to
/// must be root's and sticky, like /tmp. `path` is canonical. Errors: Errc::plugin naming the file
/// or folder and what to do. Reads the file system.
[[nodiscard]] Result<void> check_trusted(const std::string& path, uid_t service);

}  // namespace cex::plugins
