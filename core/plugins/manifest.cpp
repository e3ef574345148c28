// SPDX-License-Identifier: Apache-2.0
#include "core/plugins/manifest.hpp"

#include <algorithm>
#include <limits>
#include <set>

#include <nlohmann/json.hpp>

#include "core/base/json.hpp"
#include "core/base/text.hpp"
#include "core/plugins/json_reader.hpp"
#include "core/plugins/semver.hpp"

namespace cex::plugins {
namespace {

constexpr std::size_t kMaxLanguages = 64;

bool is_word(std::string_view text, std::string_view extra) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           extra.find(c) != std::string_view::npos;
  });
}

/// "org.example.go": words with a dot between them.
bool is_plugin_id(std::string_view text) {
  const auto parts = split(text, '.');
  return text.size() <= 128 && parts.size() >= 2 &&
         std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
           return is_word(part, "-") && part.front() != '-';
         });
}

/// A plain file name: with a slash in it a manifest could name any object of the system.
bool is_library_name(std::string_view text) {
  return text.size() > 3 && text.size() <= 128 && text.ends_with(".so") && text.front() != '.' &&
         text.front() != '-' && is_word(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_.+-");
}

std::uint32_t small(JsonReader& reader, const char* name) {
  const std::uint64_t value = reader.number(name, true);
  if (value <= 1000) return static_cast<std::uint32_t>(value);
  reader.problem(reader.place(name), "is too large");
  return 0;
}

void read_native(const nlohmann::json& json, JsonReader& reader, Manifest& manifest) {
  reader.only({"schema", "id", "version", "kind", "license", "description", "abi", "host",
               "library", "languages"});
  if (const auto* abi = reader.object("abi", true); abi != nullptr) {
    JsonReader inner{*abi, "/abi"};
    inner.only({"major", "minor"});
    manifest.abi_major = small(inner, "major");
    manifest.abi_minor = small(inner, "minor");
    reader.adopt(inner);
  }
  manifest.library = reader.text("library", true);
  if (reader.good() && !is_library_name(manifest.library)) {
    reader.problem("/library", "must be the plain name of a .so file beside plugin.json");
  }
  manifest.languages = reader.texts("languages", true);
  for (const std::string& id : manifest.languages) {
    if (!is_language_id(id))
      reader.problem("/languages", "holds '" + printable(id, 40) + "', no id");
  }
  if (!json.contains("host")) reader.problem("/host", "is missing");
}

Result<void> read_declarative(JsonReader& reader, Manifest& manifest) {
  reader.only({"schema", "id", "version", "kind", "license", "description", "host", "languages"});
  const auto* languages = reader.array("languages", true);
  CEX_CHECK(reader.result());
  for (std::size_t i = 0; i < std::min(languages->size(), kMaxLanguages + 1); ++i) {
    CEX_TRY(auto language, read_language((*languages)[i], "/languages/" + std::to_string(i)));
    manifest.languages.push_back(language.language.id);
    manifest.declared.push_back(std::move(language));
  }
  return {};
}

void read_host(JsonReader& reader, Manifest& manifest) {
  const auto* host = reader.object("host", false);
  if (host == nullptr) return;
  JsonReader inner{*host, "/host"};
  inner.only({"min"});
  manifest.min_host = inner.text("min", true);
  if (inner.good() && !parse_semver(manifest.min_host)) {
    inner.problem("/host/min", "must be a version like 1.2.3");
  }
  reader.adopt(inner);
}

Result<void> check_languages(const std::vector<std::string>& languages) {
  const std::set<std::string_view> once{languages.begin(), languages.end()};
  if (languages.empty() || languages.size() > kMaxLanguages) {
    return fail(Errc::plugin, "plugin.json: /languages must name 1 to 64 languages");
  }
  if (once.size() != languages.size()) {
    return fail(Errc::plugin, "plugin.json: /languages names a language twice");
  }
  return {};
}

}  // namespace

Result<Manifest> parse_manifest(std::string_view text) {
  auto json = parse_json(text, {.max_depth = 16, .max_bytes = std::size_t{1} << 20U});
  if (!json) return fail(Errc::plugin, "plugin.json: " + json.error().message);
  Manifest manifest;
  JsonReader reader{*json, ""};
  if (reader.number("schema", true) != 1) reader.problem("/schema", "must be 1");
  manifest.id = reader.text("id", true);
  if (reader.good() && !is_plugin_id(manifest.id)) {
    reader.problem("/id", "must be dotted lower-case words like org.example.lua");
  }
  manifest.version = reader.text("version", true);
  if (reader.good() && !parse_semver(manifest.version)) {
    reader.problem("/version", "must be a version like 1.2.3");
  }
  static_cast<void>(reader.text("license", true));  // must be there, is shown nowhere yet
  static_cast<void>(reader.text("description", false));
  read_host(reader, manifest);
  const std::string kind = reader.text("kind", true);
  if (kind == "native") {
    read_native(*json, reader, manifest);
  } else if (kind == "declarative") {
    manifest.kind = Manifest::Kind::declarative;
    CEX_CHECK(read_declarative(reader, manifest));
  } else {
    reader.problem("/kind", "must be native or declarative");
  }
  CEX_CHECK(reader.result());
  CEX_CHECK(check_languages(manifest.languages));
  if (!manifest.min_host.empty() &&
      *parse_semver(manifest.min_host) > *parse_semver(host_version())) {
    return fail(Errc::plugin, "needs Code Executor " + manifest.min_host + " or newer, this is " +
                                  std::string{host_version()});
  }
  return manifest;
}

}  // namespace cex::plugins
