// SPDX-License-Identifier: Apache-2.0
#include "cli/command_tree.hpp"

#include <CLI/CLI.hpp>

namespace cex::cli {
namespace {

// The names of types in the help are the only place where an option says that it takes a path.
Operand operand_of(const CLI::Option& option) {
  if (option.get_expected_max() == 0) return Operand::none;
  const std::string type = option.get_type_name();
  for (const char* path : {"FILE", "DIR", "PATH"}) {
    if (type.find(path) != std::string::npos) return Operand::path;
  }
  return Operand::text;
}

CompletionOption option_of(const CLI::Option& option) {
  CompletionOption made{{}, option.get_description(), operand_of(option)};
  for (const auto& name : option.get_lnames()) made.names.push_back("--" + name);
  for (const auto& name : option.get_snames()) made.names.push_back("-" + name);
  return made;
}

CompletionCommand command_of(const CLI::App& app, const std::string& above,
                             std::vector<CompletionOption> inherited) {
  CompletionCommand command;
  command.path = above.empty() ? app.get_name() : above + " " + app.get_name();
  command.about = app.get_description();
  // Each command has a --help of its own, which stands for that of the commands above.
  std::vector<CompletionOption> handed_on = inherited;
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional()) {
      command.operand = operand_of(*option);
      continue;
    }
    command.options.push_back(option_of(*option));
    const bool own = option == app.get_help_ptr() || option == app.get_version_ptr();
    if (!own) handed_on.push_back(command.options.back());
  }
  command.options.insert(command.options.end(), inherited.begin(), inherited.end());
  for (const CLI::App* child : app.get_subcommands([](const CLI::App*) { return true; })) {
    command.commands.push_back(command_of(*child, command.path, handed_on));
  }
  return command;
}

}  // namespace

CompletionCommand command_tree(const CLI::App& app) {
  return command_of(app, {}, {});
}

}  // namespace cex::cli
