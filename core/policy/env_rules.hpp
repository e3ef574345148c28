// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.hpp"

namespace cex::policy {

using EnvPairs = std::vector<std::pair<std::string, std::string>>;

/// What every box starts from: PATH, HOME, LANG, TMPDIR. Nothing of the server's own environment.
[[nodiscard]] const EnvPairs& base_env();

/// Variables that a client gives for its program: names `[A-Za-z_][A-Za-z0-9_]*` of at most 128
/// bytes, values of at most 8 KiB without NUL, at most 256 of them, and none that steers the loader
/// or a runtime's start-up (LD_*, GLIBC_TUNABLES, JAVA_TOOL_OPTIONS, ...).
/// Errors: invalid_request at `<pointer>/NAME`.
[[nodiscard]] Result<void> check_request_env(const EnvPairs& env,
                                             std::string_view pointer = "/env");

/// The complete environment of a step as "NAME=value", sorted: core < plugin < request. The
/// request's part must have passed check_request_env. Errors: policy, for a malformed or forbidden
/// (LD_*, GLIBC_TUNABLES) variable of the plugin.
[[nodiscard]] Result<std::vector<std::string>> merge_env(const std::vector<std::string>& plugin_env,
                                                         const EnvPairs& request_env);

}  // namespace cex::policy
