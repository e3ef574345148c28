// SPDX-License-Identifier: Apache-2.0
#include "cli/completion.hpp"

#include <string_view>

#include "core/base/text.hpp"

namespace cex::cli {
namespace {

// All three scripts do the same: go through the words before the cursor to find which command they
// have reached, see whether the last of them waits for a value, and offer what that command takes.

std::string_view last_word(std::string_view path) {
  return path.substr(path.rfind(' ') + 1);
}

void flatten(const CompletionCommand& command, std::vector<const CompletionCommand*>& out) {
  out.push_back(&command);
  for (const auto& child : command.commands) flatten(child, out);
}

/// In single quotes, for all three shells; fish alone knows escapes within them.
std::string quoted(Shell shell, std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += shell == Shell::fish ? "\\'" : "'\\''";
    } else if (c == '\\' && shell == Shell::fish) {
      out += "\\\\";
    } else {
      out += c;
    }
  }
  return out + "'";
}

/// Every "path word" that leads to a command, each quoted.
std::vector<std::string> steps(Shell shell, const std::vector<const CompletionCommand*>& all) {
  std::vector<std::string> found;
  for (std::size_t i = 1; i < all.size(); ++i) found.push_back(quoted(shell, all[i]->path));
  return found;
}

/// Every "path option" after which a value of that kind stands, each quoted.
std::vector<std::string> waiting(Shell shell, const std::vector<const CompletionCommand*>& all,
                                 Operand value) {
  std::vector<std::string> found;
  for (const auto* command : all) {
    for (const auto& option : command->options) {
      if (option.value != value) continue;
      for (const auto& name : option.names) {
        found.push_back(quoted(shell, command->path + " " + name));
      }
    }
  }
  return found;
}

std::string bash_script(const std::vector<const CompletionCommand*>& all) {
  std::string out = "# bash completion for cex\n_cex() {\n  local at=cex words='' paths='' i\n";
  out += "  for ((i = 1; i < COMP_CWORD; i++)); do\n    case \"$at ${COMP_WORDS[i]}\" in\n      ";
  out += join(steps(Shell::bash, all), " | ") + ") at=\"$at ${COMP_WORDS[i]}\" ;;\n    esac\n";
  out += "  done\n  COMPREPLY=()\n  case \"$at ${COMP_WORDS[COMP_CWORD - 1]}\" in\n    ";
  out += join(waiting(Shell::bash, all, Operand::path), " | ") + ") paths=1 ;;\n    ";
  out += join(waiting(Shell::bash, all, Operand::text), " | ") + ") return ;;\n    *)\n";
  out += "      case \"$at\" in\n";
  for (const auto* command : all) {
    std::vector<std::string> words;
    for (const auto& child : command->commands) words.emplace_back(last_word(child.path));
    for (const auto& option : command->options) {
      words.insert(words.end(), option.names.begin(), option.names.end());
    }
    out += "        " + quoted(Shell::bash, command->path) + ") words='" + join(words, " ") + "'";
    out += std::string{command->operand == Operand::path ? " paths=1" : ""} + " ;;\n";
  }
  out += "      esac\n      ;;\n  esac\n  local word=${COMP_WORDS[COMP_CWORD]}\n";
  out += "  mapfile -t COMPREPLY < <(\n    [[ -z $words ]] || compgen -W \"$words\" -- \"$word\"\n";
  out += "    [[ -z $paths ]] || compgen -f -- \"$word\"\n  )\n}\n";
  return out + "complete -o filenames -F _cex cex\n";
}

/// 'NAME:ABOUT' for _describe, which wants colons of names escaped; ours have none.
std::string zsh_entry(std::string_view name, const std::string& about) {
  return quoted(Shell::zsh, std::string{name} + ":" + about);
}

std::string zsh_script(const std::vector<const CompletionCommand*>& all) {
  std::string out = "#compdef cex\n_cex() {\n  local at=cex paths='' i\n";
  out += "  local -a commands options\n  for ((i = 2; i < CURRENT; i++)); do\n";
  out += "    case \"$at ${words[i]}\" in\n      (";
  out += join(steps(Shell::zsh, all), "|") + ") at=\"$at ${words[i]}\" ;;\n    esac\n  done\n";
  out += "  case \"$at ${words[CURRENT-1]}\" in\n    (";
  out += join(waiting(Shell::zsh, all, Operand::path), "|") + ") _files; return ;;\n    (";
  out += join(waiting(Shell::zsh, all, Operand::text), "|") + ") _message value; return ;;\n";
  out += "  esac\n  case \"$at\" in\n";
  for (const auto* command : all) {
    std::vector<std::string> commands;
    std::vector<std::string> options;
    for (const auto& child : command->commands) {
      commands.push_back(zsh_entry(last_word(child.path), child.about));
    }
    for (const auto& option : command->options) {
      for (const auto& name : option.names) options.push_back(zsh_entry(name, option.about));
    }
    out += "    (" + quoted(Shell::zsh, command->path) + ")\n      commands=(";
    out += join(commands, " ") + ")\n      options=(" + join(options, " ") + ")\n      paths=";
    out += std::string{command->operand == Operand::path ? "1" : "''"} + "\n      ;;\n";
  }
  out += "  esac\n  (( ! $#commands )) || _describe -t commands command commands\n";
  out += "  [[ ${words[CURRENT]} != -* ]] || _describe -t options option options\n";
  out += "  [[ -z $paths ]] || _files\n}\n";
  // As a file in fpath this is the body of _cex, sourced it is a script.
  return out + "if [[ ${funcstack[1]} == _cex ]]; then _cex \"$@\"; else compdef _cex cex; fi\n";
}

std::string fish_option(const CompletionOption& option) {
  std::string out;
  for (const auto& name : option.names) {
    const bool is_long = name.rfind("--", 0) == 0;
    out += is_long ? " -l " + name.substr(2) : " -s " + name.substr(1);
  }
  if (option.value == Operand::text) out += " -x";
  if (option.value == Operand::path) out += " -r -F";
  return out + " -d " + quoted(Shell::fish, option.about) + "\n";
}

std::string fish_script(const std::vector<const CompletionCommand*>& all) {
  std::string out = "# fish completion for cex\nfunction __cex_is_at\n  set -l at cex\n";
  out += "  for word in (commandline -opc)[2..-1]\n    switch \"$at $word\"\n      case ";
  out += join(steps(Shell::fish, all), " ") + "\n        set at \"$at $word\"\n    end\n  end\n";
  // Where a value is awaited that is no path, neither words nor files are of use.
  out += "  switch \"$at \"(commandline -opc)[-1]\n    case ";
  out += join(waiting(Shell::fish, all, Operand::text), " ") + "\n      return 1\n  end\n";
  out += "  test \"$at\" = \"$argv\"\nend\ncomplete -c cex -f\n";
  for (const auto* command : all) {
    const std::string here =
        "complete -c cex -n " + quoted(Shell::fish, "__cex_is_at " + command->path);
    for (const auto& child : command->commands) {
      out += here + " -a " + std::string{last_word(child.path)} + " -d " +
             quoted(Shell::fish, child.about) + "\n";
    }
    for (const auto& option : command->options) out += here + fish_option(option);
    if (command->operand == Operand::path) out += here + " -F\n";
  }
  return out;
}

}  // namespace

std::string completion_script(Shell shell, const CompletionCommand& root) {
  std::vector<const CompletionCommand*> all;
  flatten(root, all);
  switch (shell) {
    case Shell::bash:
      return bash_script(all);
    case Shell::zsh:
      return zsh_script(all);
    case Shell::fish:
      return fish_script(all);
  }
  return {};
}

}  // namespace cex::cli
