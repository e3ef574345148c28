// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/completion.hpp"
#include "cli/options.hpp"

namespace CLI {
class App;
}

/// What the command line can say: its commands, their options, and the words of `--help`.
namespace cex::cli {

/// Everything that the command line can set, before it is known which command it was.
struct Given {
  std::string config_file;
  std::vector<std::string> plugin_dirs;
  std::string data_dir;
  std::string user;
  bool verbose{false};
  bool insecure{false};
  bool json{false};
  Program program;
  std::vector<std::string> options;
  AuditVerifyCommand audit;
  AuditReadCommand records;
  PluginNewCommand new_plugin;
  PluginCheckCommand plugin;
  PluginDumpCommand dump;
  KeyCreateCommand key;
  KeyRevokeCommand revoke;
  ServerOptions server;
  SubmitCommand submit;
  BatchCommand batch;
  TopCommand top;
  double interval_s{1};
};

/// Those that every command takes.
void declare_common(CLI::App& app, Given& given);
/// A program to run, here or elsewhere.
void declare_program(CLI::App& command, Given& given);
void declare_json(CLI::App& command, Given& given);

struct AuditCommands {
  CLI::App* verify;
  CLI::App* output;
  CLI::App* tail;
};

AuditCommands declare_audit(CLI::App& app, Given& given);

struct RemoteCommands {
  CLI::App* submit;
  CLI::App* batch;
  CLI::App* top;
};

RemoteCommands declare_remote(CLI::App& app, Given& given);

struct KeyCommands {
  CLI::App* create;
  CLI::App* list;
  CLI::App* revoke;
};

KeyCommands declare_keys(CLI::App& app, Given& given);

struct PluginCommands {
  CLI::App* make;
  CLI::App* check;
  CLI::App* list;
  CLI::App* dump;
};

PluginCommands declare_plugins(CLI::App& app, Given& given);

/// The command that was given, if it was one of these, has set `asked`.
void declare_completion(CLI::App& app, std::optional<Shell>& asked);

}  // namespace cex::cli
