// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace cex::config {

/// The folder of the running program, without a final slash; empty if /proc is not there.
[[nodiscard]] std::string program_dir();

/// Where plugins are looked for before the configured folders: beside a build tree's program its
/// own `plugins`, for an installed one the library folders (shared objects) and the share folders
/// (manifests alone) of its prefix and of /usr/local. Only folders that exist.
[[nodiscard]] std::vector<std::string> default_plugin_dirs(const std::string& program_dir);

/// The launcher of this very build; empty if it is not beside the program (then the engine looks in
/// the libexec folder).
[[nodiscard]] std::string sibling_launcher(const std::string& program_dir);

/// /var/lib/code-executor for root, else below ${XDG_STATE_HOME:-~/.local/state}. Empty if there is
/// neither XDG_STATE_HOME nor HOME.
[[nodiscard]] std::string default_data_dir();

}  // namespace cex::config
