// SPDX-License-Identifier: Apache-2.0
#include "manifest_check.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string_view>

#include <cex/plugin_abi.h>

#include "schema_check.hpp"

namespace cex::testkit {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kPlaceholders[] = {
    "executable", "entry", "files...", "args...", "compile_args...", "runtime_args...", "box"};

/// Every {hole} of an argv item must be one that hosts fill.
void check_holes(const Json& items, const std::string& where, Report& report) {
  for (const Json& item : items) {
    const auto text = item.get<std::string>();
    for (std::size_t open = text.find('{'); open != std::string::npos;
         open = text.find('{', open + 1)) {
      const std::size_t close = text.find('}', open);
      if (close == std::string::npos) {
        report.fail("paper", where + ": \"" + text + "\" opens a brace that never closes");
        break;
      }
      const std::string_view name = std::string_view(text).substr(open + 1, close - open - 1);
      const bool known = name.rfind("tool:", 0) == 0 || name.rfind("option:", 0) == 0 ||
                         std::find(std::begin(kPlaceholders), std::end(kPlaceholders), name) !=
                             std::end(kPlaceholders);
      if (!known) report.fail("paper", where + ": unknown placeholder {" + std::string(name) + "}");
    }
  }
}

void check_declarative(const Json& manifest, Report& report) {
  for (const Json& language : manifest.at("languages")) {
    const auto id = language.at("id").get<std::string>();
    check_holes(language.at("run").at("argv"), id + ".run", report);
    if (language.contains("compile")) {
      for (const Json& step : language.at("compile"))
        check_holes(step.at("argv"), id + ".compile", report);
    }
    const auto version = language.at("probe").at("version").get<std::string>();
    if (version.find("{version}") == std::string::npos) {
      report.fail("paper", id + ".probe.version has no {version}");
    }
  }
}

}  // namespace

std::optional<Json> check_manifest(const std::string& folder, Report& report) {
  const std::string path = folder + "/plugin.json";
  std::ifstream in(path);
  if (!in) {
    report.fail("paper", path + ": cannot be read");
    return std::nullopt;
  }
  Json manifest = Json::parse(in, nullptr, false);
  if (!manifest.is_object()) {
    report.fail("paper", path + ": not a JSON object");
    return std::nullopt;
  }
  const auto problems = schema_problems(Json::parse(schema_text()), manifest);
  for (const std::string& problem : problems) report.fail("paper", "plugin.json" + problem);
  if (!problems.empty()) return std::nullopt;
  if (manifest.at("kind") == "declarative") {
    check_declarative(manifest, report);
  } else if (manifest.at("abi").at("major") != CEX_ABI_MAJOR) {
    report.fail("paper", "plugin.json: abi.major is not " + std::to_string(CEX_ABI_MAJOR));
    return std::nullopt;
  }
  if (report.passed()) report.pass("paper", "plugin.json is in order");
  return manifest;
}

}  // namespace cex::testkit
