// SPDX-License-Identifier: Apache-2.0
#include "cli/options.hpp"

#include <CLI/CLI.hpp>
#include <sstream>

#include "cli/command_tree.hpp"
#include "cli/declarations.hpp"
#include "cli/exit_codes.hpp"
#include "cli/version.hpp"

namespace cex::cli {
namespace {

constexpr const char* kFooter =
    "Exit status: 0 well; 1 failed; 64 wrong usage; 69 language, toolchain or host not usable;\n"
    "78 wrong configuration. `cex run` and `cex submit --wait` give the program's own status,\n"
    "128+N if signal N ended it, 124 if its time was up. `cex batch` gives 0 if every job is ok.";

SubmitCommand submit_command(const Given& given) {
  SubmitCommand command = given.submit;
  command.program = given.program;
  command.server = given.server;
  command.json = given.json;
  return command;
}

BatchCommand batch_command(const Given& given) {
  return {given.batch.path, given.server, given.json};
}

TopCommand top_command(const Given& given) {
  const auto interval =
      std::chrono::milliseconds{static_cast<std::int64_t>(given.interval_s * 1000)};
  return {given.server, interval, given.top.once, given.json};
}

Result<void> take_options(Given& given) {
  for (const std::string& option : given.options) {
    const auto equals = option.find('=');
    if (equals == std::string::npos || equals == 0) {
      return fail(Errc::invalid_request, "--option needs ID=VALUE, got '" + option + "'");
    }
    given.program.options.emplace_back(option.substr(0, equals), option.substr(equals + 1));
  }
  return {};
}

Common common_of(const Given& given) {
  Common common;
  common.verbose = given.verbose;
  common.data_dir_given = !given.data_dir.empty();
  if (!given.config_file.empty()) {
    common.load.file = given.config_file;
    common.load.file_required = true;
  }
  auto& overrides = common.load.overrides;
  if (!given.data_dir.empty()) overrides.emplace_back("data_dir", given.data_dir);
  if (!given.user.empty()) overrides.emplace_back("server.user", given.user);
  if (given.insecure) overrides.emplace_back("sandbox.insecure_no_cgroup_limits", "true");
  for (const auto& dir : given.plugin_dirs) overrides.emplace_back("plugins.path+", dir);
  return common;
}

}  // namespace

std::variant<Options, Farewell> parse_command_line(int argc, const char* const* argv) {
  CLI::App app{
      "Compiles and runs programs in boxes: here (run), or on a server (submit, batch, top).",
      "cex"};
  app.footer(kFooter);
  app.set_version_flag("--version", std::string{"cex "} + kVersion);
  app.require_subcommand(1);
  app.fallthrough();
  Given given;
  declare_common(app, given);

  auto* run = app.add_subcommand("run", "compile and run a program; its output is this command's");
  declare_program(*run, given);
  run->add_flag("--json", given.json, "print the finished job as JSON instead of its output");
  auto* plan = app.add_subcommand("plan", "print what would run, as JSON, without running it");
  declare_program(*plan, given);
  auto* languages =
      app.add_subcommand("languages", "list languages, versions, and what is missing");
  declare_json(*languages, given);
  auto* doctor = app.add_subcommand("doctor", "check this host and its toolchains");
  declare_json(*doctor, given);
  const AuditCommands audit = declare_audit(app, given);
  const PluginCommands plugins = declare_plugins(app, given);
  auto* config = app.add_subcommand("config", "work with the configuration")->require_subcommand(1);
  auto* show = config->add_subcommand("show", "print every value and where it comes from");
  declare_json(*show, given);

  const KeyCommands keys = declare_keys(app, given);
  const RemoteCommands remote = declare_remote(app, given);
  std::optional<Shell> shell;
  declare_completion(app, shell);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    std::ostringstream err;
    const int code = app.exit(error, out, err);
    return Farewell{code == 0 ? kExitOk : kExitUsage, out.str(), err.str()};
  }
  if (shell) return Farewell{kExitOk, completion_script(*shell, command_tree(app)), {}};
  if (auto good = take_options(given); !good) {
    return Farewell{kExitUsage, {}, "cex: " + good.error().message + "\n"};
  }
  given.audit.json = given.json;
  given.records.tail = audit.tail->parsed();
  given.key.json = given.json;
  const auto command = [&]() -> Command {
    if (run->parsed()) return RunCommand{given.program, given.json};
    if (remote.submit->parsed()) return submit_command(given);
    if (remote.batch->parsed()) return batch_command(given);
    if (remote.top->parsed()) return top_command(given);
    if (plan->parsed()) return PlanCommand{given.program};
    if (languages->parsed()) return LanguagesCommand{given.json};
    if (doctor->parsed()) return DoctorCommand{given.json};
    if (audit.verify->parsed()) return given.audit;
    if (audit.output->parsed() || audit.tail->parsed()) return given.records;
    if (plugins.make->parsed()) return given.new_plugin;
    if (plugins.check->parsed()) return given.plugin;
    if (plugins.list->parsed()) return PluginListCommand{given.json};
    if (plugins.dump->parsed()) return given.dump;
    if (keys.create->parsed()) return given.key;
    if (keys.list->parsed()) return KeyListCommand{given.json};
    if (keys.revoke->parsed()) return given.revoke;
    return ConfigShowCommand{given.json};
  };
  return Options{common_of(given), command()};
}

}  // namespace cex::cli
