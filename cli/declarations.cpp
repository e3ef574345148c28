// SPDX-License-Identifier: Apache-2.0
#include "cli/declarations.hpp"

#include <CLI/CLI.hpp>

namespace cex::cli {
namespace {

void declare_filters(CLI::App& command, AuditReadCommand& records) {
  command.add_option("path", records.path, "audit folder")->type_name("PATH")->required();
  command.add_option("--tenant", records.tenant, "only records of this tenant")->type_name("NAME");
  command.add_option("--job", records.job, "only records of this job")->type_name("ID");
  command
      .add_option("--event", records.event,
                  "only these: accepted, finished, abandoned, started, stopped, recovered")
      ->type_name("NAME");
}

void declare_server(CLI::App& command, Given& given) {
  command.add_option("--server", given.server.url, "the server (default http://127.0.0.1:8080)")
      ->type_name("URL");
  command
      .add_option("--key-file", given.server.key_file,
                  "file with the API key (default: what CODE_EXECUTOR_KEY says, or none)")
      ->type_name("FILE");
  command
      .add_option("--ca-file", given.server.ca_file,
                  "certificates to trust besides the system's, in PEM")
      ->type_name("FILE");
}

}  // namespace

void declare_common(CLI::App& app, Given& given) {
  app.add_option("--config", given.config_file,
                 std::string{"configuration file (default "} + config::kDefaultFile + ")")
      ->type_name("FILE");
  app.add_option("--plugin-dir", given.plugin_dirs,
                 "further folder with plugins; may be given several times")
      ->type_name("DIR")
      ->expected(1)
      ->take_all();
  app.add_option("--data-dir", given.data_dir,
                 "keep the audit log in this folder (default: a temporary one)")
      ->type_name("DIR");
  app.add_option("--user", given.user, "started as root: the user to become")->type_name("NAME");
  app.add_flag("--verbose", given.verbose, "show what the engine logs");
  app.add_flag("--insecure-no-cgroup-limits", given.insecure,
               "run where no cgroup can be used: programs can take all memory and CPU");
}

void declare_program(CLI::App& command, Given& given) {
  Program& program = given.program;
  command.add_option("files", program.files, "source files, the program's own first")
      ->type_name("FILE")
      ->required();
  command.add_option("--language", program.language, "language (default: by the file's extension)")
      ->type_name("ID");
  command
      .add_option("--version-of,--toolchain", program.version,
                  "which installed version, e.g. 3.11 or 17")
      ->type_name("VERSION");
  command
      .add_option("--stdin", program.stdin_from,
                  "input: - for this command's own, @FILE or the name of a file, else the text")
      ->type_name("TEXT|FILE|-");
  command.add_option("--time", program.time, "limit on wall clock and CPU time of the run")
      ->type_name("SECONDS");
  command.add_option("--memory", program.memory, "limit on memory of the run, e.g. 256M")
      ->type_name("SIZE");
  command.add_option("--arg", program.args, "argument for the program; may be given several times")
      ->type_name("ARG")
      ->expected(1)
      ->allow_extra_args(false)
      ->take_all();
  command
      .add_option("--network", program.network,
                  "what the program may reach, where network.allow permits it")
      ->type_name("HOST:PORT")
      ->expected(1)
      ->take_all();
  command.add_option("--option", given.options, "compile option, e.g. std=c++20")
      ->type_name("ID=VALUE")
      ->expected(1)
      ->take_all();
  command
      .add_option("--compile-arg", program.compile_args,
                  "argument for the compiler, e.g. --compile-arg=-O2")
      ->type_name("ARG")
      ->expected(1)
      ->take_all();
}

void declare_json(CLI::App& command, Given& given) {
  command.add_flag("--json", given.json, "print JSON");
}

AuditCommands declare_audit(CLI::App& app, Given& given) {
  auto* audit = app.add_subcommand("audit", "work with audit logs")->require_subcommand(1);
  auto* verify = audit->add_subcommand("verify", "find changed, removed, reordered or cut records");
  verify->add_option("path", given.audit.path, "audit folder, or one of its files")
      ->type_name("PATH")
      ->required();
  verify
      ->add_option("--key", given.audit.public_key,
                   "public key to trust (default: key.pub beside the log)")
      ->type_name("FILE");
  declare_json(*verify, given);
  auto* output = audit->add_subcommand("export", "print records as they are, one a line (JSON)");
  declare_filters(*output, given.records);
  output->add_option("--since", given.records.since, "only records from this instant on")
      ->type_name("INSTANT");
  output->add_option("--until", given.records.until, "only records before this instant")
      ->type_name("INSTANT");
  auto* tail = audit->add_subcommand("tail", "print the last records and those that come");
  declare_filters(*tail, given.records);
  tail->add_option("--lines,-n", given.records.lines, "how many of the last ones (default 10)")
      ->check(CLI::Range(0, 1'000'000));
  tail->add_flag("!--no-follow", given.records.follow, "end after the last record");
  return {verify, output, tail};
}

RemoteCommands declare_remote(CLI::App& app, Given& given) {
  auto* submit = app.add_subcommand("submit", "give a program to a server; prints the job's id");
  declare_program(*submit, given);
  declare_server(*submit, given);
  submit->add_flag("--wait", given.submit.wait,
                   "wait for its end: output and exit status as `cex run` gives them");
  declare_json(*submit, given);
  auto* batch = app.add_subcommand("batch", "give many programs to a server and wait for them");
  batch
      ->add_option("path", given.batch.path,
                   "JSON list of jobs, or {\"jobs\": [...]}, as the API takes them; or a folder, "
                   "each of whose files is a program")
      ->type_name("FILE|DIR")
      ->required();
  declare_server(*batch, given);
  declare_json(*batch, given);
  auto* top = app.add_subcommand("top", "watch a server: queue, slots, languages, rates");
  declare_server(*top, given);
  top->add_option("--interval", given.interval_s, "seconds between two looks (default 1)")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.1, 3600.0));
  top->add_flag("--once", given.top.once, "print one frame and end");
  declare_json(*top, given);
  return {submit, batch, top};
}

KeyCommands declare_keys(CLI::App& app, Given& given) {
  auto* key =
      app.add_subcommand("key", "work with the API keys of a server")->require_subcommand(1);
  auto* create = key->add_subcommand("create", "make a key and show it, once");
  KeyCreateCommand& made = given.key;
  create->add_option("--tenant", made.tenant, "whose key it is; jobs belong to tenants")
      ->type_name("NAME")
      ->required();
  create->add_option("--name", made.name, "what the key is for, for people")->type_name("TEXT");
  create
      ->add_option("--role", made.roles,
                   "run, read, auditor or admin; may be given several times (default: run)")
      ->type_name("ROLE")
      ->expected(1)
      ->take_all();
  create->add_option("--language", made.languages, "permit only these; may be given several times")
      ->type_name("ID")
      ->expected(1)
      ->take_all();
  create
      ->add_option("--max", made.limits,
                   "largest limit its jobs may ask for, e.g. memory_bytes=268435456 or cpus=1.5")
      ->type_name("LIMIT=VALUE")
      ->expected(1)
      ->take_all();
  create->add_flag("--no-network", made.no_network, "its jobs get no network, whatever is allowed");
  create->add_option("--days", made.days, "days until it expires (default: never)")
      ->check(CLI::Range(1, 36'500));
  create->add_option("--rate", made.rate, "requests a second")->check(CLI::Range(0.001, 1e6));
  create->add_option("--burst", made.burst, "requests that may come at once after a pause")
      ->check(CLI::Range(1, 1'000'000));
  declare_json(*create, given);
  auto* list = key->add_subcommand("list", "list the keys");
  declare_json(*list, given);
  auto* revoke = key->add_subcommand("revoke", "make a key worthless, within a second");
  revoke->add_option("prefix", given.revoke.prefix, "the part between the underscores")
      ->type_name("PREFIX")
      ->required();
  return {create, list, revoke};
}

PluginCommands declare_plugins(CLI::App& app, Given& given) {
  auto* plugin = app.add_subcommand("plugin", "work with plugins")->require_subcommand(1);
  auto* make = plugin->add_subcommand("new", "write the source of a plugin that works");
  make->add_option("name", given.new_plugin.name, "id of its language")
      ->type_name("NAME")
      ->required();
  make->add_option("--kind", given.new_plugin.kind, "declarative (default), cpp or c")
      ->check(CLI::IsMember({"declarative", "cpp", "c"}));
  make->add_option("--id", given.new_plugin.id, "id of the plugin (default org.example.NAME)");
  make->add_option("--dir", given.new_plugin.folder, "where (default ./NAME)")->type_name("DIR");
  auto* check =
      plugin->add_subcommand("check", "check a plugin's folder: manifest, object, manners");
  check->add_option("dir", given.plugin.folder, "folder with plugin.json")
      ->type_name("DIR")
      ->required();
  check->add_option("--golden", given.plugin.golden, "recorded calls (default DIR/golden)")
      ->type_name("DIR");
  auto* list = plugin->add_subcommand("list", "list the plugins found, loaded or not, and why");
  declare_json(*list, given);
  auto* dump = plugin->add_subcommand("dump", "print what a plugin offers, as JSON");
  dump->add_option("dir", given.dump.folder, "folder with plugin.json")
      ->type_name("DIR")
      ->required();
  return {make, check, list, dump};
}

void declare_completion(CLI::App& app, std::optional<Shell>& asked) {
  auto* completion =
      app.add_subcommand("completion", "print a script that lets a shell complete this command")
          ->require_subcommand(1);
  const auto add = [&](const char* name, const char* about, Shell shell) {
    completion->add_subcommand(name, about)->callback([&asked, shell] { asked = shell; });
  };
  add("bash", "for bash: source <(cex completion bash)", Shell::bash);
  add("zsh", "for zsh: source <(cex completion zsh)", Shell::zsh);
  add("fish", "for fish: cex completion fish | source", Shell::fish);
}

}  // namespace cex::cli
