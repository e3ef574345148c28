// SPDX-License-Identifier: Apache-2.0
#include "server/dto/catalogue.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "core/model/json.hpp"

namespace cex::dto {
namespace {

using Json = nlohmann::ordered_json;

}  // namespace

nlohmann::ordered_json to_json_value(const LanguageInfo& language) {
  Json versions = Json::array();
  for (const auto& version : language.versions) {
    versions.push_back({{"version", version.version},
                        {"toolchain", version.toolchain},
                        {"default", version.is_default}});
  }
  Json options = Json::array();
  for (const auto& option : language.options) {
    options.push_back(
        {{"id", option.id}, {"default", option.default_value}, {"allowed", option.allowed}});
  }
  Json layers = Json::array();
  for (const auto& layer : language.layers) {
    layers.push_back({{"id", layer.id},
                      {"toolchain", layer.toolchain},
                      {"state", layer.state},
                      {"bytes", layer.bytes}});
    if (!layer.reason.empty()) layers.back()["reason"] = layer.reason;
  }
  Json preboots = Json::array();
  for (const auto& preboot : language.preboots) {
    preboots.push_back({{"step", preboot.step},
                        {"toolchain", preboot.toolchain},
                        {"waiting", preboot.waiting},
                        {"wanted", preboot.wanted},
                        {"bytes", preboot.bytes}});
    if (!preboot.reason.empty()) preboots.back()["reason"] = preboot.reason;
  }
  Json out{{"id", language.id},
           {"name", language.name},
           {"family", language.family},
           {"aliases", language.aliases},
           {"versions", std::move(versions)},
           {"extensions", language.extensions},
           {"default_file", language.default_file},
           {"editor_mode", language.editor_mode},
           {"hello", language.hello},
           {"compiled", language.compiled},
           {"options", std::move(options)},
           {"compile_args", language.compile_arguments},
           {"plugin", language.plugin},
           {"plugin_version", language.plugin_version},
           {"limits",
            {{"default", Json(cex::to_json_value(language.default_limits))},
             {"max", Json(cex::to_json_value(language.max_limits))}}},
           {"warm_up",
            {{"mode", language.warm_up},
             {"layers", std::move(layers)},
             {"preboots", std::move(preboots)}}},
           {"usable", language.usable}};
  if (!language.usable) out["reason"] = language.reason;
  return out;
}

nlohmann::ordered_json to_json_value(const PluginInfo& plugin) {
  Json out{{"id", plugin.id},
           {"version", plugin.version},
           {"kind", plugin.kind},
           {"languages", plugin.languages},
           {"state", plugin.state},
           {"sha256", plugin.sha256},
           {"isolated", plugin.isolated}};
  if (!plugin.reason.empty()) out["reason"] = plugin.reason;
  return out;
}

nlohmann::ordered_json readiness_document(const std::vector<HealthCheck>& checks,
                                          const engine::EngineStatus& status,
                                          const Isolation& isolation) {
  Json list = Json::array();
  for (const auto& check : checks) {
    Json item{{"name", check.name}, {"state", to_string(check.state)}, {"detail", check.detail}};
    if (!check.remedy.empty()) item["remedy"] = check.remedy;
    list.push_back(std::move(item));
  }
  return {
      {"ready", all_passed(checks)},
      {"checks", std::move(list)},
      {"slots",
       {{"total", status.slots},
        {"ready", status.slots_ready},
        {"preboots", status.slots_preboots},
        {"quarantined", status.slots_quarantined}}},
      {"jobs", {{"running", status.running}, {"queued", status.queued}}},
      {"isolation",
       {{"mode", isolation.mode}, {"cgroup", isolation.cgroup}, {"insecure", isolation.insecure}}}};
}

bool all_passed(const std::vector<HealthCheck>& checks) noexcept {
  return std::none_of(checks.begin(), checks.end(), [](const HealthCheck& check) {
    return check.state == HealthCheck::State::failed;
  });
}

std::string_view to_string(HealthCheck::State state) noexcept {
  switch (state) {
    case HealthCheck::State::ok:
      return "ok";
    case HealthCheck::State::degraded:
      return "degraded";
    case HealthCheck::State::failed:
      return "failed";
  }
  return "failed";
}

}  // namespace cex::dto
