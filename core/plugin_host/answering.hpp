// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cex/plugin_abi.h>

namespace cex::plugin_host {

/// Answers the server's calls with the plugin's functions until the server is gone. The first call
/// is `open`; after it the process is locked down. Returns an exit status.
[[nodiscard]] int serve_calls(const cex_plugin& table);

}  // namespace cex::plugin_host
