// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "cli/remote/http_client.hpp"
#include "core/config/config_loader.hpp"

namespace cex::cli {

/// What every command takes.
struct Common {
  config::LoadOptions load;
  bool data_dir_given{false};
  bool verbose{false};
};

/// The program that `run` and `plan` are about.
struct Program {
  std::vector<std::string> files;
  std::vector<std::string> args;  ///< the program's own, behind `--`
  std::string language;           ///< empty: by the first file's extension
  std::string version{"*"};
  std::string stdin_from;  ///< "-", "@FILE", a file's name, or the text itself
  std::string time;        ///< seconds, decimal
  std::string memory;      ///< "256M"
  std::vector<std::pair<std::string, std::string>> options;
  std::vector<std::string> compile_args;
  std::vector<std::string> network;  ///< HOST:PORT each
};

struct RunCommand {
  Program program;
  bool json{false};
};
struct PlanCommand {
  Program program;
};
struct LanguagesCommand {
  bool json{false};
};
struct DoctorCommand {
  bool json{false};
};
struct AuditVerifyCommand {
  std::string path;
  std::string public_key;
  bool json{false};
};
/// `export` prints what there is, `tail` the end and what comes.
struct AuditReadCommand {
  std::string path;
  std::string since;
  std::string until;
  std::string tenant;
  std::string job;
  std::string event;
  bool tail{false};
  bool follow{true};  ///< tail: go on until interrupted
  std::uint32_t lines{10};
};
struct PluginCheckCommand {
  std::string folder;
  std::string golden;
};
struct PluginNewCommand {
  std::string name;
  std::string kind{"declarative"};
  std::string id;      ///< empty: org.example.NAME
  std::string folder;  ///< empty: ./NAME
};
struct PluginListCommand {
  bool json{false};
};
struct PluginDumpCommand {
  std::string folder;
};
struct KeyCreateCommand {
  std::string tenant;
  std::string name;
  std::vector<std::string> roles;
  std::vector<std::string> languages;
  std::vector<std::string> limits;  ///< NAME=VALUE each
  bool no_network{false};
  std::uint32_t days{0};  ///< until it expires; 0: never
  double rate{0};         ///< requests a second; 0: no bound
  std::uint32_t burst{0};
  bool json{false};
};
struct KeyListCommand {
  bool json{false};
};
struct KeyRevokeCommand {
  std::string prefix;
};
struct ConfigShowCommand {
  bool json{false};
};

struct SubmitCommand {
  Program program;
  ServerOptions server;
  bool wait{false};
  bool json{false};
};
struct BatchCommand {
  std::string path;
  ServerOptions server;
  bool json{false};
};
struct TopCommand {
  ServerOptions server;
  std::chrono::milliseconds interval{1000};
  bool once{false};
  bool json{false};
};

using Command =
    std::variant<SubmitCommand, BatchCommand, TopCommand, RunCommand, PlanCommand, LanguagesCommand,
                 DoctorCommand, AuditVerifyCommand, AuditReadCommand, PluginNewCommand,
                 PluginCheckCommand, PluginListCommand, PluginDumpCommand, ConfigShowCommand,
                 KeyCreateCommand, KeyListCommand, KeyRevokeCommand>;

struct Options {
  Common common;
  Command command;
};

/// What to print and return instead of doing anything.
struct Farewell {
  int exit_code{0};
  std::string out;
  std::string err;
};

[[nodiscard]] std::variant<Options, Farewell> parse_command_line(int argc, const char* const* argv);

}  // namespace cex::cli
