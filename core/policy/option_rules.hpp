// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.hpp"
#include "core/langspec/plan.hpp"

namespace cex::policy {

/// `compile.options` of a request against what the language offers. The answer is what
/// PlanRequest::options wants: "id=value" for each option of the language that has a value, asked
/// for or default, in the order the plugin declared them. Errors: invalid_request at `<pointer>/ID`
/// naming what is allowed.
[[nodiscard]] Result<std::vector<std::string>> check_options(
    const std::vector<langspec::Option>& offered, std::string_view language,
    const std::vector<std::pair<std::string, std::string>>& asked,
    std::string_view pointer = "/compile/options");

/// `compile.args` against the language's compile_argument patterns (an exact argument, or a prefix
/// with one trailing `*`). What stands for the star is printable ASCII, not empty, and never
/// path-like: no `/`, `\`, `..` or `@`, and no `,` after -W (which would smuggle linker arguments).
/// Errors: invalid_request at `<pointer>/2` naming what is allowed.
[[nodiscard]] Result<void> check_compile_args(const std::vector<langspec::Option>& offered,
                                              std::string_view language,
                                              const std::vector<std::string>& args,
                                              std::string_view pointer = "/compile/args");

/// The program's own arguments: at most 256 of at most 8 KiB, no NUL. Any other byte is data.
[[nodiscard]] Result<void> check_program_args(const std::vector<std::string>& args,
                                              std::string_view pointer = "/args");

/// The patterns that check_compile_args would accept, for `/v1/languages`.
[[nodiscard]] std::vector<std::string> compile_arguments(
    const std::vector<langspec::Option>& offered, std::string_view language);

}  // namespace cex::policy
