// SPDX-License-Identifier: Apache-2.0
#include "core/plugins/declared_step.hpp"

#include <algorithm>
#include <limits>
#include <string_view>

#include <nlohmann/json.hpp>

#include "core/plugins/json_reader.hpp"
#include "core/plugins/placeholders.hpp"

namespace cex::plugins {
namespace {

constexpr std::size_t kMaxSteps = 8;
constexpr std::size_t kMaxFiles = 16;
constexpr std::size_t kMaxItems = 512;

std::uint32_t small(JsonReader& reader, const char* name, std::uint32_t otherwise) {
  if (!reader.has(name)) return otherwise;
  const std::uint64_t value = reader.number(name, false);
  if (value > std::numeric_limits<std::uint16_t>::max()) {
    reader.problem(reader.place(name), "is too large");
    return 0;
  }
  return static_cast<std::uint32_t>(value);
}

std::uint64_t large(JsonReader& reader, const char* name, std::uint64_t otherwise) {
  return reader.has(name) ? reader.number(name, false) : otherwise;
}

void check_texts(const std::vector<std::string>& texts, const DeclaredNames& names, bool alone,
                 const std::string& place, JsonReader& reader) {
  for (const std::string& text : texts) {
    const std::string wrong = placeholder_problem(text, names, alone);
    if (!wrong.empty()) reader.problem(place, wrong);
  }
}

bool is_version(std::string_view text) {
  return !text.empty() && text.front() != '.' && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || c == '.';
  });
}

/// {"option": "std", "is": ["c11"]}, {"layer": "std"}, {"tool": "mold"} or {"version": "5.4"}.
void read_condition(const nlohmann::json* from, const std::string& pointer,
                    const DeclaredNames& names, DeclaredItem& item, JsonReader& outer) {
  if (from == nullptr) return;
  JsonReader reader{*from, pointer};
  const std::set<std::string, std::less<>>* declared = nullptr;
  const auto ask = [&](const char* field, DeclaredItem::Test test) {
    item.test = test;
    item.subject = reader.text(field, true);
  };
  if (reader.has("option")) {
    reader.only({"option", "is"});
    ask("option", DeclaredItem::Test::option);
    item.values = reader.texts("is", true);
    declared = &names.options;
  } else if (reader.has("layer")) {
    reader.only({"layer"});
    ask("layer", DeclaredItem::Test::layer);
    declared = &names.layers;
  } else if (reader.has("tool")) {
    reader.only({"tool"});
    ask("tool", DeclaredItem::Test::tool);
    declared = &names.tools;
  } else {
    reader.only({"version"});
    ask("version", DeclaredItem::Test::version);
    if (reader.good() && !is_version(item.subject)) {
      reader.problem(reader.place("version"), "must be numbers with dots between them");
    }
  }
  if (reader.good() && declared != nullptr && !declared->contains(item.subject)) {
    reader.problem(pointer, "names what the language does not declare");
  }
  outer.adopt(reader);
}

DeclaredItem read_item(const nlohmann::json& from, const std::string& pointer,
                       const DeclaredNames& names, JsonReader& outer) {
  DeclaredItem item;
  JsonReader reader{from, pointer};
  reader.only({"if", "then", "else"});
  read_condition(reader.object("if", true), reader.place("if"), names, item, reader);
  item.then = reader.texts("then", true);
  item.otherwise = reader.texts("else", false);
  check_texts(item.then, names, true, reader.place("then"), reader);
  check_texts(item.otherwise, names, true, reader.place("else"), reader);
  outer.adopt(reader);
  return item;
}

/// {"path": "x.rb", "lines": ["...", "..."]}: one text a line, each ends with a newline.
std::vector<langspec::File> read_files(JsonReader& outer, const char* name) {
  std::vector<langspec::File> files;
  const auto* list = outer.array(name, false);
  if (list == nullptr) return files;
  if (list->size() > kMaxFiles) outer.problem(outer.place(name), "has more than 16 files");
  for (std::size_t i = 0; i < std::min(list->size(), kMaxFiles); ++i) {
    JsonReader reader{(*list)[i], outer.place(name) + "/" + std::to_string(i)};
    reader.only({"path", "lines", "executable"});
    langspec::File file;
    file.path = reader.text("path", true);
    for (const std::string& line : reader.texts("lines", true)) file.content += line + "\n";
    file.executable = reader.boolean("executable");
    outer.adopt(reader);
    files.push_back(std::move(file));
  }
  return files;
}

DeclaredPreboot read_preboot(const nlohmann::json& from, const std::string& pointer,
                             const DeclaredNames& names, JsonReader& outer) {
  JsonReader reader{from, pointer};
  reader.only({"argv", "env", "files", "unless_sources_have"});
  DeclaredPreboot preboot;
  preboot.argv = read_items(reader, "argv", true, names);
  preboot.env = read_items(reader, "env", false, names);
  preboot.files = read_files(reader, "files");
  for (const langspec::File& file : preboot.files) {
    check_texts({file.path}, names, false, reader.place("files"), reader);
  }
  preboot.unless_sources_have = reader.texts("unless_sources_have", false);
  outer.adopt(reader);
  return preboot;
}

void read_repeatable(JsonReader& outer, DeclaredStep& step) {
  const auto* from = outer.object("repeatable", false);
  if (from == nullptr) return;
  JsonReader reader{*from, outer.place("repeatable")};
  reader.only({"unless_sources_have"});
  step.repeatable = reader.texts("unless_sources_have", true);
  outer.adopt(reader);
}

void only_fields_of(langspec::Phase phase, JsonReader& reader) {
  switch (phase) {
    case langspec::Phase::compile:
      reader.only({"name", "argv", "env", "cwd", "outputs", "layers", "files", "hints", "attempt",
                   "unless", "repeatable", "preboot"});
      return;
    case langspec::Phase::run:
      reader.only({"argv", "env", "cwd", "layers", "files", "hints", "preboot"});
      return;
    case langspec::Phase::warm:
      reader.only({"name", "argv", "env", "cwd", "outputs", "files", "hints"});
      return;
  }
}

}  // namespace

void read_hints(const nlohmann::json* from, const std::string& pointer, StepDefaults& into,
                JsonReader& outer) {
  if (from == nullptr) return;
  JsonReader reader{*from, pointer};
  reader.only({"threads", "processes", "address_space_bytes", "overhead_memory_bytes", "tmp_bytes",
               "cpu_ms", "exec_memory", "proc"});
  langspec::Hints& hints = into.hints;
  hints.threads = small(reader, "threads", hints.threads);
  hints.processes = small(reader, "processes", hints.processes);
  hints.address_space_bytes = large(reader, "address_space_bytes", hints.address_space_bytes);
  hints.overhead_memory_bytes = large(reader, "overhead_memory_bytes", hints.overhead_memory_bytes);
  hints.tmp_bytes = large(reader, "tmp_bytes", hints.tmp_bytes);
  hints.cpu_ms = large(reader, "cpu_ms", hints.cpu_ms);
  if (reader.has("exec_memory")) into.needs_exec_memory = reader.boolean("exec_memory");
  if (reader.has("proc")) into.needs_proc = reader.boolean("proc");
  outer.adopt(reader);
}

std::vector<DeclaredItem> read_items(JsonReader& reader, const char* name, bool required,
                                     const DeclaredNames& names) {
  std::vector<DeclaredItem> items;
  const auto* list = reader.array(name, required);
  if (list == nullptr) return items;
  const std::string place = reader.place(name);
  if (list->size() > kMaxItems) reader.problem(place, "has more than 512 items");
  for (std::size_t i = 0; i < std::min(list->size(), kMaxItems); ++i) {
    const auto& value = (*list)[i];
    if (value.is_object()) {
      items.push_back(read_item(value, place + "/" + std::to_string(i), names, reader));
      continue;
    }
    DeclaredItem item;
    if (JsonReader::is_good_text(value)) {
      item.then.push_back(value.get<std::string>());
      check_texts(item.then, names, true, place, reader);
    } else {
      reader.problem(place, "must hold texts of at most 8192 bytes, or objects with \"if\"");
    }
    items.push_back(std::move(item));
  }
  return items;
}

DeclaredStep read_step(const nlohmann::json& from, const std::string& pointer,
                       langspec::Phase phase, const DeclaredNames& names,
                       const StepDefaults& defaults, JsonReader& outer) {
  JsonReader reader{from, pointer};
  only_fields_of(phase, reader);
  DeclaredStep step;
  step.name = phase == langspec::Phase::run ? "run" : reader.text("name", true);
  step.cwd = reader.text("cwd", false);
  step.argv = read_items(reader, "argv", true, names);
  if (reader.good() && step.argv.empty()) reader.problem(reader.place("argv"), "is empty");
  step.env = defaults.env;
  for (DeclaredItem& item : read_items(reader, "env", false, names)) {
    step.env.push_back(std::move(item));
  }
  step.outputs = reader.texts("outputs", false);
  check_texts(step.outputs, names, false, reader.place("outputs"), reader);
  step.layers = reader.texts("layers", false);
  for (const std::string& id : step.layers) {
    if (!names.layers.contains(id)) {
      reader.problem(reader.place("layers"), "names a layer that the language does not declare");
    }
  }
  step.files = read_files(reader, "files");
  step.attempt = reader.boolean("attempt");
  step.unless = reader.texts("unless", false);
  read_repeatable(reader, step);
  if (const auto* preboot = reader.object("preboot", false); preboot != nullptr) {
    step.preboot = read_preboot(*preboot, reader.place("preboot"), names, reader);
  }
  StepDefaults own = defaults;
  read_hints(reader.object("hints", false), reader.place("hints"), own, reader);
  step.hints = own.hints;
  step.needs_exec_memory = own.needs_exec_memory;
  step.needs_proc = own.needs_proc;
  outer.adopt(reader);
  return step;
}

std::vector<DeclaredStep> read_steps(JsonReader& reader, const char* name, langspec::Phase phase,
                                     const DeclaredNames& names, const StepDefaults& defaults) {
  std::vector<DeclaredStep> steps;
  const auto* list = reader.array(name, phase == langspec::Phase::warm);
  if (list == nullptr) return steps;
  if (list->size() > kMaxSteps) reader.problem(reader.place(name), "has more than 8 steps");
  for (std::size_t i = 0; i < std::min(list->size(), kMaxSteps); ++i) {
    steps.push_back(read_step((*list)[i], reader.place(name) + "/" + std::to_string(i), phase,
                              names, defaults, reader));
  }
  return steps;
}

}  // namespace cex::plugins
