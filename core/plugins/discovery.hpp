// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/base/result.hpp"

namespace cex::plugins {

/// Folders that hold a plugin.json, canonical, in the order of the search path and by name within
/// one directory; a folder that is reached twice counts once. A search directory may itself be such
/// a folder. What does not exist is skipped. Reads the file system; runs nothing.
[[nodiscard]] std::vector<std::string> find_plugin_folders(
    const std::vector<std::string>& directories);

/// The whole of a small file. Errors: Errc::system; Errc::plugin above `max_bytes`.
[[nodiscard]] Result<std::string> read_small_file(const std::string& path, std::size_t max_bytes);

}  // namespace cex::plugins
