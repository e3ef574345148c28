// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/completion.hpp"

namespace CLI {
class App;
}

namespace cex::cli {

/// What the parser knows of commands and options, so that completions cannot fall behind it. Pure.
[[nodiscard]] CompletionCommand command_tree(const CLI::App& app);

}  // namespace cex::cli
