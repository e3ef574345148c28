// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cex::cli {

/// What can follow an option, or stand where no option does.
enum class Operand : std::uint8_t { none, text, path };

struct CompletionOption {
  std::vector<std::string> names;  ///< with their dashes: "--lines", "-n"
  std::string about;
  Operand value{Operand::none};
};

/// One command of the command line, as a shell needs to know it.
struct CompletionCommand {
  std::string path;  ///< "cex audit tail"
  std::string about;
  std::vector<CompletionOption> options;  ///< also those of the commands above
  Operand operand{Operand::none};
  std::vector<CompletionCommand> commands;
};

enum class Shell : std::uint8_t { bash, zsh, fish };

/// A script that completes the command line of `root` in `shell`, to be sourced or installed. Pure.
[[nodiscard]] std::string completion_script(Shell shell, const CompletionCommand& root);

}  // namespace cex::cli
