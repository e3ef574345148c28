// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <system_error>

#include <cex/testkit/check.hpp>
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/exit_codes.hpp"
#include "cli/plugin_template.hpp"
#include "cli/session.hpp"
#include "cli/table.hpp"
#include "core/base/json.hpp"
#include "core/base/text.hpp"
#include "core/engine/build_engine.hpp"
#include "core/plugins/declarative_language.hpp"
#include "server/dto/catalogue.hpp"

namespace cex::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

const char* word(testkit::Finding::Level level) {
  switch (level) {
    case testkit::Finding::Level::pass:
      return "ok";
    case testkit::Finding::Level::warning:
      return "warning";
    case testkit::Finding::Level::failure:
      return "FAILED";
  }
  return "FAILED";
}

Json as_json(const langspec::Language& language) {
  return {{"id", language.id},
          {"name", language.name},
          {"family", language.family},
          {"aliases", language.aliases},
          {"extensions", language.extensions},
          {"default_file", language.default_file},
          {"editor_mode", language.editor_mode},
          {"compiled", language.compiled},
          {"hello", language.hello}};
}

Json as_json(const langspec::Option& option) {
  static constexpr const char* kKinds[] = {"choice", "free_text", "compile_argument",
                                           "runtime_argument"};
  return {{"language", option.language},
          {"id", option.id},
          {"kind", kKinds[static_cast<std::size_t>(option.kind)]},
          {"default", option.default_value},
          {"allowed", option.allowed}};
}

Json as_json(const langspec::Probe& probe) {
  return {{"id", probe.id},
          {"candidates", probe.candidates},
          {"args", probe.args},
          {"every", probe.every}};
}

template <typename Record>
Json all_of(const std::vector<Record>& records) {
  Json all = Json::array();
  for (const Record& record : records) all.push_back(as_json(record));
  return all;
}

Result<void> write_file(const fs::path& path, const std::string& text) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  std::ofstream out{path, std::ios::binary};
  out << text;
  out.close();
  if (!out) return fail(Errc::system, path.string() + ": cannot be written");
  return {};
}

Result<void> write_plugin(const PluginNewCommand& command, const fs::path& folder) {
  if (!plugins::is_language_id(command.name)) {
    return fail(Errc::invalid_request,
                "'" + command.name + "' cannot be a language's id: use a-z, 0-9, + and -");
  }
  std::error_code error;
  if (fs::exists(folder, error) && !fs::is_empty(folder, error)) {
    return fail(Errc::conflict, folder.string() + " is there already, and not empty");
  }
  const std::string id = command.id.empty() ? "org.example." + command.name : command.id;
  for (const TemplateFile& file : plugin_of(command.kind, command.name, id)) {
    CEX_CHECK(write_file(folder / file.path, file.text));
  }
  return {};
}

}  // namespace

int plugin_new(const PluginNewCommand& command) {
  const fs::path folder = command.folder.empty() ? command.name : command.folder;
  if (const auto made = write_plugin(command, folder); !made) return complain(made.error());
  const std::string at = folder.string();
  std::printf("%s: a %s plugin that works as it is; rename and change it step by step.\n",
              at.c_str(), command.kind.c_str());
  if (command.kind == "declarative") {
    std::printf("  cex plugin check %s\n", at.c_str());
    std::printf("  cex --plugin-dir %s run --language %s FILE\n", at.c_str(), command.name.c_str());
  } else {
    std::printf(
        "  cmake -S %s -B %s/build && cmake --build %s/build   # package "
        "code-executor-plugin-dev\n",
        at.c_str(), at.c_str(), at.c_str());
    std::printf("  ctest --test-dir %s/build --output-on-failure\n", at.c_str());
    std::printf("  cex --plugin-dir %s/build/plugins run --language %s FILE\n", at.c_str(),
                command.name.c_str());
  }
  return kExitOk;
}

int plugin_check(const PluginCheckCommand& command) {
  testkit::CheckOptions options;
  options.folder = command.folder;
  options.golden_folder = command.golden;
  const auto report = testkit::check_plugin(options);
  for (const auto& finding : report.findings()) {
    std::printf("%-8s %-8s %s\n", word(finding.level), finding.check.c_str(),
                finding.message.c_str());
  }
  std::printf("%s: %s\n", command.folder.c_str(), report.passed() ? "passed" : "failed");
  return report.passed() ? kExitOk : kExitFailure;
}

// Without an engine: neither boxes nor toolchains are needed to see what is installed.
int plugin_list(const Common& common, const PluginListCommand& command) {
  const auto config = load_config(common);
  if (!config) return complain(config.error());
  const auto registry = plugins::Registry::load(engine::plugin_search(*config));
  Json all = Json::array();
  std::vector<std::vector<std::string>> rows{{"ID", "VERSION", "STATE", "LANGUAGES", "PATH"}};
  for (const PluginInfo& plugin : registry->plugins()) {
    Json row = dto::to_json_value(plugin);
    row["path"] = plugin.path;  // which the API keeps to itself
    all.push_back(std::move(row));
    rows.push_back({plugin.id, plugin.version,
                    plugin.state + (plugin.reason.empty() ? "" : ": " + plugin.reason),
                    join(plugin.languages, " "), plugin.path});
  }
  std::fputs(command.json ? (all.dump(2) + "\n").c_str() : as_table(rows).c_str(), stdout);
  return kExitOk;
}

// In a process of its own, whoever's it is: somebody looks before trusting.
int plugin_dump(const Common& common, const PluginDumpCommand& command) {
  const auto config = load_config(common);
  if (!config) return complain(config.error());
  auto search = engine::plugin_search(*config);
  if (std::error_code error; !fs::exists(fs::path{command.folder} / "plugin.json", error)) {
    return complain(fail(Errc::config, command.folder + ": there is no plugin.json").value());
  }
  search.directories = {command.folder};
  search.disabled.clear();
  search.isolation = plugins::Isolation::all;
  const auto registry = plugins::Registry::load(search);
  const PluginInfo info = registry->plugins().front();
  if (registry->loaded().empty()) {
    return complain(
        fail(Errc::plugin, command.folder + ": " + info.state + ": " + info.reason).value());
  }
  const auto& plugin = *registry->loaded().front();
  Json document = dto::to_json_value(plugin.info);
  document["languages"] = all_of(plugin.description.languages);
  document["options"] = all_of(plugin.description.options);
  document["probes"] = all_of(plugin.description.probes);
  std::printf("%s\n", document.dump(2).c_str());
  return kExitOk;
}

}  // namespace cex::cli
