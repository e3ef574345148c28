// SPDX-License-Identifier: Apache-2.0
#include "server/options.hpp"

#include <CLI/CLI.hpp>
#include <sstream>

#include "server/version.hpp"

namespace cex::server {
namespace {

constexpr const char* kAbout =
    "Compiles and runs other people's programs in boxes, over a REST API.\n"
    "Options are stronger than the environment (CODE_EXECUTOR_...), which is stronger than files.";

constexpr const char* kFooter =
    "Signals: HUP reads the configuration again; TERM and INT stop after running jobs ended or\n"
    "the grace time is over; a second one cancels at once.\n"
    "Exit status: 0 well, 1 failed, 64 wrong usage, 75 only a new start helps, 78 wrong\n"
    "configuration.";

struct Given {
  std::string listen;
  std::string data_dir;
  std::string config_file;
  std::vector<std::string> plugin_dirs;
  std::string user;
  std::optional<std::uint32_t> slots;
  bool check{false};
  bool insecure{false};
};

void declare(CLI::App& app, Given& given) {
  app.add_option("--listen", given.listen,
                 "address to serve on; port 0 lets the kernel choose (default 127.0.0.1:8080)")
      ->type_name("HOST:PORT");
  app.add_option("--data-dir", given.data_dir,
                 "folder for the audit log (default /var/lib/code-executor as root, else "
                 "~/.local/state/code-executor)")
      ->type_name("DIR");
  app.add_option("--config", given.config_file,
                 std::string{"configuration file (default "} + config::kDefaultFile + ")")
      ->type_name("FILE");
  app.add_option("--plugin-dir", given.plugin_dirs,
                 "further folder with plugins; may be given several times")
      ->type_name("DIR")
      ->expected(1)
      ->take_all();
  app.add_option(
         "--user", given.user,
         "started as root: the user to become (default code-executor, else the sudo caller, "
         "else nobody)")
      ->type_name("NAME");
  app.add_option("--slots", given.slots, "jobs that run at once (default: number of CPUs)")
      ->type_name("N")
      ->check(CLI::Range(1U, 1024U));
  app.add_flag("--check", given.check,
               "check configuration, host, plugins and toolchains, print the findings and end");
  app.add_flag(
      "--insecure-no-cgroup-limits", given.insecure,
      "run where no cgroup can be used: programs can take all memory and CPU of this machine");
}

config::LoadOptions to_load_options(const Given& given) {
  config::LoadOptions load;
  if (!given.config_file.empty()) {
    load.file = given.config_file;
    load.file_required = true;
  }
  const auto set = [&](const char* key, const std::string& value) {
    if (!value.empty()) load.overrides.emplace_back(key, value);
  };
  set("server.listen", given.listen);
  set("data_dir", given.data_dir);
  set("server.user", given.user);
  if (given.slots) set("sandbox.slots", std::to_string(*given.slots));
  if (given.insecure) set("sandbox.insecure_no_cgroup_limits", "true");
  for (const auto& dir : given.plugin_dirs) set("plugins.path+", dir);
  return load;
}

}  // namespace

std::variant<Options, Farewell> parse_command_line(int argc, const char* const* argv) {
  CLI::App app{kAbout, "code-executord"};
  app.footer(kFooter);
  app.set_version_flag("--version", std::string{"code-executord "} + kVersion);
  Given given;
  declare(app, given);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    std::ostringstream err;
    const int code = app.exit(error, out, err);
    return Farewell{code == 0 ? kExitOk : kExitUsage, out.str(), err.str()};
  }
  return Options{given.check ? Task::check : Task::serve, to_load_options(given)};
}

}  // namespace cex::server
