// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/exit_codes.hpp"
#include "cli/session.hpp"
#include "cli/table.hpp"
#include "core/base/text.hpp"
#include "core/engine/build_engine.hpp"
#include "server/dto/catalogue.hpp"
#include "server/dto/job_view.hpp"

namespace cex::cli {
namespace {

std::string versions_of(const LanguageInfo& language) {
  std::vector<std::string> versions;
  for (const auto& version : language.versions) {
    versions.push_back(version.version + (version.is_default ? "*" : ""));
  }
  return join(versions, " ");
}

HealthCheck as_check(const LanguageInfo& language) {
  if (language.usable) {
    return {"language " + language.id, HealthCheck::State::ok, versions_of(language), {}};
  }
  return {"language " + language.id, HealthCheck::State::degraded, language.reason,
          "install its toolchain, or ignore this if nobody needs the language"};
}

HealthCheck as_check(const PluginInfo& plugin) {
  const bool loaded = plugin.state == "loaded";
  return {"plugin " + plugin.id, loaded ? HealthCheck::State::ok : HealthCheck::State::degraded,
          (loaded ? plugin.version : plugin.state) +
              (plugin.reason.empty() ? "" : ": " + plugin.reason),
          loaded ? "" : "see 'cex plugin check " + plugin.path + "'"};
}

/// What the engine itself says once it is up; or why it does not come up.
void examine_engine(const config::Config& config, std::vector<HealthCheck>& checks) {
  auto session = Session::open(config);
  if (!session) {
    checks.push_back(
        {"engine", HealthCheck::State::failed, session.error().message,
         "mend what failed above; as another user than root, cgroups must be delegated"});
    return;
  }
  auto& service = session->service();
  for (auto& check : service.readiness()) checks.push_back(std::move(check));
  for (const auto& plugin : service.plugins()) checks.push_back(as_check(plugin));
  for (const auto& language : service.languages()) checks.push_back(as_check(language));
}

void print_checks(const std::vector<HealthCheck>& checks) {
  for (const auto& check : checks) {
    std::printf("%-9s %-24s %s\n", std::string{dto::to_string(check.state)}.c_str(),
                check.name.c_str(), check.detail.c_str());
    if (!check.remedy.empty()) std::printf("%-9s %-24s -> %s\n", "", "", check.remedy.c_str());
  }
}

nlohmann::ordered_json as_json(const std::vector<HealthCheck>& checks) {
  auto list = nlohmann::ordered_json::array();
  for (const auto& check : checks) {
    list.push_back({{"name", check.name},
                    {"state", dto::to_string(check.state)},
                    {"detail", check.detail},
                    {"remedy", check.remedy}});
  }
  return list;
}

}  // namespace

int doctor(const Common& common, const DoctorCommand& command) {
  const auto config = load_config(common);
  if (!config) return complain(config.error());
  auto checks = engine::examine_host(*config);
  examine_engine(*config, checks);
  if (command.json) {
    std::printf("%s\n", dto::dump(as_json(checks)).c_str());
  } else {
    print_checks(checks);
  }
  return dto::all_passed(checks) ? kExitOk : kExitUnavailable;
}

int languages(const Common& common, const LanguagesCommand& command) {
  auto config = load_config(common);
  if (!config) return complain(config.error());
  auto session = Session::open(*std::move(config));
  if (!session) return complain(session.error());
  const auto list = session->service().languages();
  if (command.json) {
    auto all = nlohmann::ordered_json::array();
    for (const auto& language : list) all.push_back(dto::to_json_value(language));
    std::printf("%s\n", all.dump(2).c_str());
    return kExitOk;
  }
  std::vector<std::vector<std::string>> rows{{"ID", "NAME", "VERSIONS", "EXTENSIONS", "PLUGIN"}};
  for (const auto& language : list) {
    rows.push_back({language.id, language.name,
                    language.usable ? versions_of(language) : "not usable: " + language.reason,
                    join(language.extensions, " "), language.plugin});
  }
  std::fputs(as_table(rows).c_str(), stdout);
  return kExitOk;
}

}  // namespace cex::cli
