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

constexpr std::string_view kPlaceholders[] = {"executable",
                                              "prefix",
                                              "entry",
                                              "name",
                                              "stem",
                                              "version",
                                              "box",
                                              "cpus",
                                              "memory_mib",
                                              "files...",
                                              "sources...",
                                              "args...",
                                              "compile_args...",
                                              "runtime_args..."};
constexpr std::string_view kNamed[] = {"tool:", "option:", "layer:", "beside:"};

bool is_known(std::string_view hole) {
  const auto begins = [&](std::string_view kind) { return hole.substr(0, kind.size()) == kind; };
  return std::find(std::begin(kPlaceholders), std::end(kPlaceholders), hole) !=
             std::end(kPlaceholders) ||
         std::any_of(std::begin(kNamed), std::end(kNamed), begins);
}

/// Every {hole} must be one that hosts fill; "{{" is a brace.
void check_text(const std::string& text, const std::string& where, Report& report) {
  for (std::size_t open = text.find('{'); open != std::string::npos; open = text.find('{', open)) {
    if (text.compare(open, 2, "{{") == 0) {
      open += 2;
      continue;
    }
    const std::size_t close = text.find('}', open);
    if (close == std::string::npos) {
      report.fail("paper", where + ": \"" + text + "\" opens a brace that never closes");
      return;
    }
    const std::string hole = text.substr(open + 1, close - open - 1);
    if (!is_known(hole)) report.fail("paper", where + ": unknown placeholder {" + hole + "}");
    open = close;
  }
}

/// Items are texts, or conditions with further items in them.
void check_items(const Json& items, const std::string& where, Report& report) {
  if (items.is_string()) return check_text(items.get<std::string>(), where, report);
  if (items.is_array()) {
    for (const Json& item : items) check_items(item, where, report);
  } else if (items.is_object()) {
    for (const char* branch : {"then", "else"}) {
      if (items.contains(branch)) check_items(items.at(branch), where, report);
    }
  }
}

/// The schema has looked at everything else.
void check_steps(const Json& from, const std::string& where, Report& report) {
  if (from.contains("run")) check_items(from.at("run").at("argv"), where + ".run", report);
  if (from.contains("compile")) {
    for (const Json& step : from.at("compile"))
      check_items(step.at("argv"), where + ".compile", report);
  }
}

void check_declarative(const Json& manifest, Report& report) {
  for (const Json& language : manifest.at("languages")) {
    const auto id = language.at("id").get<std::string>();
    check_steps(language, id, report);
    if (!language.contains("toolchains")) continue;
    for (const Json& toolchain : language.at("toolchains")) check_steps(toolchain, id, report);
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
