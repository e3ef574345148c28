// SPDX-License-Identifier: Apache-2.0
#include "core/plugins/declarative_language.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>

#include <nlohmann/json.hpp>

#include "core/plugins/json_reader.hpp"
#include "core/plugins/text_pattern.hpp"

namespace cex::plugins {
namespace {

constexpr std::size_t kMaxSteps = 8;
constexpr std::size_t kMaxOptions = 64;

/// What may stand in braces; "..." ones must be an item of their own, as they become many.
constexpr std::array<std::string_view, 3> kSingle{"executable", "entry", "box"};
constexpr std::array<std::string_view, 4> kMany{"files...", "args...", "compile_args...",
                                                "runtime_args..."};

void check_item(const std::string& item, const std::vector<langspec::Option>& options,
                const std::string& place, JsonReader& reader) {
  for (std::size_t open = item.find('{'); open != std::string::npos;
       open = item.find('{', open + 1)) {
    const std::size_t close = item.find('}', open);
    if (close == std::string::npos) {
      reader.problem(place, "opens a brace that never closes");
      return;
    }
    const std::string_view name = std::string_view{item}.substr(open + 1, close - open - 1);
    if (std::find(kMany.begin(), kMany.end(), name) != kMany.end()) {
      if (item.size() != name.size() + 2) {
        reader.problem(place, "{" + std::string{name} + "} must be an item of its own");
      }
      continue;
    }
    const bool tool =
        name.starts_with("tool:") && name.size() > 5 && name.find('/') == std::string_view::npos;
    const bool option = name.starts_with("option:") &&
                        std::any_of(options.begin(), options.end(),
                                    [&](const auto& one) { return one.id == name.substr(7); });
    if (!tool && !option && std::find(kSingle.begin(), kSingle.end(), name) == kSingle.end()) {
      reader.problem(place, "unknown placeholder {" + std::string{name} + "}");
    }
  }
}

std::uint32_t small(JsonReader& reader, const char* name) {
  const std::uint64_t value = reader.number(name, false);
  if (value > std::numeric_limits<std::uint16_t>::max()) {
    reader.problem(reader.place(name), "is too large");
    return 0;
  }
  return static_cast<std::uint32_t>(value);
}

/// Hints of the step, else those of the language.
void read_hints(const nlohmann::json* from, const std::string& pointer, DeclaredStep& step,
                JsonReader& outer) {
  if (from == nullptr) return;
  JsonReader reader{*from, pointer};
  reader.only({"threads", "processes", "address_space_bytes", "overhead_memory_bytes", "tmp_bytes",
               "cpu_ms", "exec_memory", "proc"});
  step.hints.threads = small(reader, "threads");
  step.hints.processes = small(reader, "processes");
  step.hints.address_space_bytes = reader.number("address_space_bytes", false);
  step.hints.overhead_memory_bytes = reader.number("overhead_memory_bytes", false);
  step.hints.tmp_bytes = reader.number("tmp_bytes", false);
  step.hints.cpu_ms = reader.number("cpu_ms", false);
  step.needs_exec_memory = reader.boolean("exec_memory");
  step.needs_proc = reader.boolean("proc");
  outer.adopt(reader);
}

DeclaredStep read_step(const nlohmann::json& from, const std::string& pointer, bool compiles,
                       const DeclarativeLanguage& language, const DeclaredStep& common,
                       JsonReader& outer) {
  DeclaredStep step = common;
  JsonReader reader{from, pointer};
  if (compiles) {
    reader.only({"name", "argv", "env", "outputs", "hints"});
    step.name = reader.text("name", true);
    step.outputs = reader.texts("outputs", false);
  } else {
    reader.only({"argv", "env", "hints"});
    step.name = "run";
  }
  step.argv = reader.texts("argv", true);
  step.env = reader.texts("env", false);
  read_hints(reader.object("hints", false), reader.place("hints"), step, reader);
  if (reader.good() && step.argv.empty()) reader.problem(reader.place("argv"), "is empty");
  for (const std::string& item : step.argv) {
    check_item(item, language.options, reader.place("argv"), reader);
  }
  outer.adopt(reader);
  return step;
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

void read_probe(const nlohmann::json* from, const std::string& pointer,
                DeclarativeLanguage& language, JsonReader& outer) {
  if (from == nullptr) return;
  JsonReader reader{*from, pointer};
  reader.only({"candidates", "args", "version", "label", "every", "read_only_paths"});
  language.probe.id = language.language.id;
  language.probe.candidates = reader.texts("candidates", true);
  language.probe.args = reader.texts("args", true);
  language.probe.every = reader.boolean("every");
  language.version_pattern = reader.text("version", true);
  language.label = reader.text("label", false);
  language.read_only_paths = reader.texts("read_only_paths", false);
  if (reader.good() && !is_pattern(language.version_pattern, {"version"})) {
    reader.problem(reader.place("version"), "must be text with one {version} in it");
  }
  outer.adopt(reader);
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
               "hello", "options", "probe", "compile", "run", "hints", "diagnostics"});
  read_names(reader, language.language);
  if (const auto* options = reader.array("options", false); options != nullptr) {
    if (options->size() > kMaxOptions)
      reader.problem(reader.place("options"), "has too many items");
    for (std::size_t i = 0; i < options->size(); ++i) {
      language.options.push_back(read_option((*options)[i],
                                             reader.place("options") + "/" + std::to_string(i),
                                             language.language.id, reader));
    }
  }
  read_probe(reader.object("probe", true), reader.place("probe"), language, reader);
  DeclaredStep common;
  read_hints(reader.object("hints", false), reader.place("hints"), common, reader);
  if (const auto* steps = reader.array("compile", false); steps != nullptr) {
    if (steps->size() > kMaxSteps) reader.problem(reader.place("compile"), "has more than 8 steps");
    for (std::size_t i = 0; i < steps->size(); ++i) {
      language.compile.push_back(read_step((*steps)[i],
                                           reader.place("compile") + "/" + std::to_string(i), true,
                                           language, common, reader));
    }
  }
  language.language.compiled = !language.compile.empty();
  if (const auto* run = reader.object("run", true); run != nullptr) {
    language.run = read_step(*run, reader.place("run"), false, language, common, reader);
  }
  language.diagnostics = reader.texts("diagnostics", false);
  for (const std::string& pattern : language.diagnostics) {
    if (!is_pattern(pattern, {"file", "line", "column", "message"})) {
      reader.problem(reader.place("diagnostics"),
                     "must be text with the holes {file}, {line}, {column}, {message}, each once, "
                     "with text between them");
    }
  }
  CEX_CHECK(reader.result());
  return language;
}

}  // namespace cex::plugins
