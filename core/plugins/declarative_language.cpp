// SPDX-License-Identifier: Apache-2.0
#include "core/plugins/declarative_language.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/plugins/json_reader.hpp"
#include "core/plugins/text_pattern.hpp"

namespace cex::plugins {
namespace {

using langspec::Phase;

constexpr std::size_t kMaxOptions = 64;
constexpr std::size_t kMaxToolchains = 16;
constexpr std::size_t kMaxTools = 16;
constexpr std::size_t kMaxLayers = 8;
constexpr std::size_t kMaxDiagnosticLines = 4;

/// Calls `read(item, pointer)` for each item of a list that may be absent.
template <class Read>
void for_each(JsonReader& reader, const char* name, std::size_t most, Read read) {
  const auto* list = reader.array(name, false);
  if (list == nullptr) return;
  if (list->size() > most) {
    reader.problem(reader.place(name), "has more than " + std::to_string(most) + " items");
  }
  for (std::size_t i = 0; i < std::min(list->size(), most); ++i) {
    read((*list)[i], reader.place(name) + "/" + std::to_string(i));
  }
}

langspec::Option read_option(const nlohmann::json& from, const std::string& pointer,
                             const std::string& language, JsonReader& outer) {
  using Kind = langspec::Option::Kind;
  JsonReader reader{from, pointer};
  reader.only({"id", "default", "allowed", "kind"});
  langspec::Option option;
  option.language = language;
  option.id = reader.text("id", true);
  option.default_value = reader.text("default", false);
  option.allowed = reader.texts("allowed", true);
  const std::string kind = reader.text("kind", false);
  if (kind == "compile_argument") {
    option.kind = Kind::compile_argument;
  } else if (kind == "runtime_argument") {
    option.kind = Kind::runtime_argument;
  } else if (!kind.empty() && kind != "choice") {
    reader.problem(reader.place("kind"), "must be choice, compile_argument or runtime_argument");
  }
  if (reader.good() && option.kind == Kind::choice &&
      std::find(option.allowed.begin(), option.allowed.end(), option.default_value) ==
          option.allowed.end()) {
    reader.problem(reader.place("default"), "must be one of allowed");
  }
  outer.adopt(reader);
  return option;
}

void read_candidates(JsonReader& reader, langspec::Probe& probe) {
  probe.candidates = reader.texts("candidates", true);
  probe.args = reader.texts("args", true);
}

langspec::Probe read_tool(const nlohmann::json& from, const std::string& pointer,
                          JsonReader& outer) {
  JsonReader reader{from, pointer};
  reader.only({"id", "candidates", "args"});
  langspec::Probe tool;
  tool.id = reader.text("id", true);
  if (reader.good() && !is_language_id(tool.id)) {
    reader.problem(reader.place("id"), "must match [a-z0-9][a-z0-9+#.-]*, at most 32 bytes");
  }
  read_candidates(reader, tool);
  outer.adopt(reader);
  return tool;
}

void read_probe(const nlohmann::json* from, const std::string& pointer, DeclaredToolchain& made,
                JsonReader& outer) {
  if (from == nullptr) return;
  JsonReader reader{*from, pointer};
  reader.only(
      {"candidates", "args", "version", "label", "every", "any_exit_code", "read_only_paths"});
  made.probe.id = made.id;
  read_candidates(reader, made.probe);
  made.probe.every = reader.boolean("every");
  made.any_exit_code = reader.boolean("any_exit_code");
  made.version_pattern = reader.text("version", true);
  made.label = reader.text("label", false);
  made.read_only_paths = reader.texts("read_only_paths", false);
  if (reader.good() && !is_pattern(made.version_pattern, {"version"})) {
    reader.problem(reader.place("version"), "must be text with one {version} in it");
  }
  outer.adopt(reader);
}

DeclaredLayer read_layer(const nlohmann::json& from, const std::string& pointer,
                         const DeclaredNames& names, const StepDefaults& defaults,
                         JsonReader& outer) {
  JsonReader reader{from, pointer};
  reader.only({"id", "per_options", "inputs", "max_bytes", "steps"});
  DeclaredLayer made;
  made.layer.id = reader.text("id", true);
  made.layer.inputs = reader.texts("inputs", false);
  made.layer.max_bytes = reader.number("max_bytes", false);
  made.per_options = reader.texts("per_options", false);
  for (const std::string& option : made.per_options) {
    if (!names.options.contains(option)) {
      reader.problem(reader.place("per_options"), "names no option of the language");
    }
  }
  made.steps = read_steps(reader, "steps", Phase::warm, names, defaults);
  outer.adopt(reader);
  return made;
}

/// What a toolchain says itself; `common` has what the language says for all of them.
DeclaredToolchain read_toolchain(JsonReader& own, JsonReader& common, std::string id,
                                 DeclaredNames names, const StepDefaults& language_defaults) {
  DeclaredToolchain made;
  made.id = std::move(id);
  read_probe(own.object("probe", true), own.place("probe"), made, own);
  StepDefaults defaults = language_defaults;
  if (&own != &common) {
    read_hints(own.object("hints", false), own.place("hints"), defaults, own);
    for (DeclaredItem& item : read_items(own, "env", false, names)) {
      defaults.env.push_back(std::move(item));
    }
  }
  const auto from = [&](const char* name) -> JsonReader& { return own.has(name) ? own : common; };
  for_each(from("layers"), "layers", kMaxLayers, [&](const auto& item, const auto&) {
    if (item.is_object() && item.contains("id") && item["id"].is_string()) {
      names.layers.insert(item["id"].template get<std::string>());
    }
  });
  for_each(from("layers"), "layers", kMaxLayers, [&](const auto& item, const auto& place) {
    made.layers.push_back(read_layer(item, place, names, defaults, from("layers")));
  });
  made.compile = read_steps(from("compile"), "compile", Phase::compile, names, defaults);
  JsonReader& running = from("run");
  if (const auto* run = running.object("run", true); run != nullptr) {
    made.run = read_step(*run, running.place("run"), Phase::run, names, defaults, running);
  }
  return made;
}

void read_names(JsonReader& reader, langspec::Language& language) {
  language.id = reader.text("id", true);
  if (reader.good() && !is_language_id(language.id)) {
    reader.problem(reader.place("id"), "must match [a-z0-9][a-z0-9+#.-]*, at most 32 bytes");
  }
  language.name = reader.text("name", true);
  language.family = reader.text("family", false);
  language.aliases = reader.texts("aliases", false);
  language.extensions = reader.texts("extensions", true);
  language.default_file = reader.text("default_file", true);
  language.editor_mode = reader.text("editor_mode", false);
  language.hello = reader.text("hello", true);
}

void check_pattern(const std::string& line, const std::string& place, JsonReader& reader) {
  if (is_pattern(line, {"file", "line", "column", "code", "message", "skip"})) return;
  reader.problem(place,
                 "must be text with the holes {file}, {line}, {column}, {code}, {message} or "
                 "{skip}, each once, with text between them");
}

DeclaredDiagnostic read_diagnostic(const nlohmann::json& from, const std::string& pointer,
                                   JsonReader& outer) {
  DeclaredDiagnostic made;
  if (from.is_object()) {
    JsonReader reader{from, pointer};
    reader.only({"lines", "severity"});
    made.lines = reader.texts("lines", true);
    const std::string severity = reader.text("severity", false);
    if (severity == "warning") {
      made.severity = Severity::warning;
    } else if (severity == "note") {
      made.severity = Severity::note;
    } else if (!severity.empty() && severity != "error") {
      reader.problem(reader.place("severity"), "must be error, warning or note");
    }
    if (made.lines.empty() || made.lines.size() > kMaxDiagnosticLines) {
      reader.problem(reader.place("lines"), "must be 1 to 4 patterns");
    }
    outer.adopt(reader);
  } else if (JsonReader::is_good_text(from)) {
    made.lines.push_back(from.get<std::string>());
  } else {
    outer.problem(pointer, "must be text, or an object with \"lines\"");
  }
  for (const std::string& line : made.lines) check_pattern(line, pointer, outer);
  return made;
}

void read_toolchains(JsonReader& reader, const DeclaredNames& names, const StepDefaults& defaults,
                     DeclarativeLanguage& language) {
  if (!reader.has("toolchains")) {
    language.toolchains.push_back(
        read_toolchain(reader, reader, language.language.id, names, defaults));
    return;
  }
  if (reader.has("probe")) {
    reader.problem(reader.place("probe"), "stands in each of the toolchains where there are some");
  }
  for_each(reader, "toolchains", kMaxToolchains, [&](const auto& item, const auto& place) {
    JsonReader own{item, place};
    own.only({"id", "probe", "compile", "run", "hints", "env", "layers"});
    const std::string id = own.text("id", true);
    if (own.good() && !is_language_id(id)) {
      own.problem(own.place("id"), "must match [a-z0-9][a-z0-9+#.-]*, at most 32 bytes");
    }
    language.toolchains.push_back(read_toolchain(own, reader, id, names, defaults));
    reader.adopt(own);
  });
  if (language.toolchains.empty()) reader.problem(reader.place("toolchains"), "is empty");
}

/// Probes are told apart by their ids, toolchains too.
void check_ids(const DeclarativeLanguage& language, JsonReader& reader) {
  std::set<std::string_view> seen;
  for (const DeclaredToolchain& toolchain : language.toolchains) {
    if (!seen.insert(toolchain.id).second) {
      reader.problem(reader.place("toolchains"), "names " + toolchain.id + " twice");
    }
  }
  for (const langspec::Probe& tool : language.tools) {
    if (!seen.insert(tool.id).second) {
      reader.problem(reader.place("tools"), "names " + tool.id + " twice");
    }
  }
}

}  // namespace

bool is_language_id(std::string_view text) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !text.empty() && text.size() <= 32 && plain(text.front()) &&
         std::all_of(text.begin(), text.end(), [&](char c) {
           return plain(c) || c == '+' || c == '#' || c == '.' || c == '-';
         });
}

Result<DeclarativeLanguage> read_language(const nlohmann::json& from, const std::string& pointer) {
  DeclarativeLanguage language;
  JsonReader reader{from, pointer};
  reader.only({"id", "name", "family", "aliases", "extensions", "default_file", "editor_mode",
               "hello", "options", "tools", "probe", "toolchains", "compile", "run", "hints", "env",
               "layers", "diagnostics"});
  read_names(reader, language.language);
  DeclaredNames names;
  for_each(reader, "options", kMaxOptions, [&](const auto& item, const auto& place) {
    language.options.push_back(read_option(item, place, language.language.id, reader));
    names.options.insert(language.options.back().id);
  });
  for_each(reader, "tools", kMaxTools, [&](const auto& item, const auto& place) {
    language.tools.push_back(read_tool(item, place, reader));
    names.tools.insert(language.tools.back().id);
  });
  StepDefaults defaults;
  read_hints(reader.object("hints", false), reader.place("hints"), defaults, reader);
  defaults.env = read_items(reader, "env", false, names);
  read_toolchains(reader, names, defaults, language);
  for_each(reader, "diagnostics", kMaxOptions, [&](const auto& item, const auto& place) {
    language.diagnostics.push_back(read_diagnostic(item, place, reader));
  });
  check_ids(language, reader);
  language.language.compiled =
      std::any_of(language.toolchains.begin(), language.toolchains.end(),
                  [](const DeclaredToolchain& one) { return !one.compile.empty(); });
  CEX_CHECK(reader.result());
  return language;
}

}  // namespace cex::plugins
