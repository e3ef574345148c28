// SPDX-License-Identifier: Apache-2.0
#include "core/plugins/declarative_spec.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "core/base/text.hpp"
#include "core/plugins/abi_bridge.hpp"
#include "core/plugins/text_pattern.hpp"

namespace cex::plugins {
namespace {

using langspec::Option;
using langspec::PlanRequest;

constexpr std::size_t kMaxLine = 4096;
constexpr std::size_t kMaxDiagnostics = 200;

/// A user's file as an argument that no tool takes for an option.
std::string as_argument(const std::string& file) {
  return "./" + file;
}

std::vector<std::string> arguments_of(const DeclarativeLanguage& language,
                                      const PlanRequest& request, Option::Kind kind) {
  std::vector<std::string> mine;
  for (const std::string& argument : request.compile_args) {
    for (const Option& option : language.options) {
      const bool allowed =
          option.kind == kind &&
          std::any_of(option.allowed.begin(), option.allowed.end(),
                      [&](const std::string& item) { return item_allows(item, argument); });
      if (!allowed) continue;
      mine.push_back(argument);
      break;
    }
  }
  return mine;
}

std::string option_value(const PlanRequest& request, std::string_view id) {
  for (const std::string& item : request.options) {
    if (item.size() > id.size() && item.starts_with(id) && item[id.size()] == '=') {
      return item.substr(id.size() + 1);
    }
  }
  return {};
}

/// The item becomes many, or none. Null: it is an ordinary item.
const std::vector<std::string>* many(std::string_view item, const PlanRequest& request,
                                     const std::vector<std::string>& files,
                                     const std::vector<std::string>& compile_args,
                                     const std::vector<std::string>& runtime_args) {
  if (item == "{files...}") return &files;
  if (item == "{args...}") return &request.args;
  if (item == "{compile_args...}") return &compile_args;
  if (item == "{runtime_args...}") return &runtime_args;
  return nullptr;
}

std::string value_of(std::string_view hole, const PlanRequest& request) {
  if (hole == "executable") return request.executable;
  if (hole == "entry") return as_argument(request.entry_file);
  if (hole == "box") return request.box_dir;
  if (hole.starts_with("option:")) return option_value(request, hole.substr(7));
  // {tool:luac}: beside the executable that the probe found
  return request.executable.substr(0, request.executable.rfind('/') + 1) +
         std::string{hole.substr(5)};
}

/// The manifest was checked when it was read, so every hole is known and closed. What is filled in
/// is not looked at again: a user's file called {executable} stays that.
std::string fill(std::string_view item, const PlanRequest& request) {
  std::string text;
  for (std::size_t open = item.find('{'); open != std::string_view::npos; open = item.find('{')) {
    const std::size_t close = item.find('}', open);
    text += item.substr(0, open);
    text += value_of(item.substr(open + 1, close - open - 1), request);
    item.remove_prefix(close + 1);
  }
  return text + std::string{item};
}

langspec::Step make_step(const DeclaredStep& from, const DeclarativeLanguage& language,
                         const PlanRequest& request) {
  std::vector<std::string> files;
  for (const std::string& file : request.files) files.push_back(as_argument(file));
  const auto compile_args = arguments_of(language, request, Option::Kind::compile_argument);
  const auto runtime_args = arguments_of(language, request, Option::Kind::runtime_argument);
  langspec::Step step;
  step.phase = request.phase;
  step.name = from.name;
  step.env = from.env;
  step.outputs = from.outputs;
  step.hints = from.hints;
  step.needs_exec_memory = from.needs_exec_memory;
  step.needs_proc = from.needs_proc;
  step.keep_stdin = request.phase == langspec::Phase::run;
  for (const std::string& item : from.argv) {
    const auto* items = many(item, request, files, compile_args, runtime_args);
    if (items == nullptr) {
      step.argv.push_back(fill(item, request));
    } else {
      step.argv.insert(step.argv.end(), items->begin(), items->end());
    }
  }
  return step;
}

std::uint32_t number(const Holes& holes, std::string_view name) {
  const auto found = holes.find(name);
  if (found == holes.end()) return 0;
  return static_cast<std::uint32_t>(parse_u64(found->second).value_or(0));
}

std::string word(const Holes& holes, std::string_view name) {
  const auto found = holes.find(name);
  return found == holes.end() ? std::string{} : found->second;
}

}  // namespace

DeclarativeSpec::DeclarativeSpec(std::vector<DeclarativeLanguage> languages)
    : languages_{std::move(languages)} {}

const DeclarativeLanguage* DeclarativeSpec::find(std::string_view id) const {
  for (const DeclarativeLanguage& language : languages_) {
    if (language.language.id == id) return &language;
  }
  return nullptr;
}

Result<langspec::Description> DeclarativeSpec::describe() const {
  langspec::Description all;
  for (const DeclarativeLanguage& language : languages_) {
    all.languages.push_back(language.language);
    all.options.insert(all.options.end(), language.options.begin(), language.options.end());
    all.probes.push_back(language.probe);
  }
  return all;
}

Result<std::optional<langspec::Toolchain>> DeclarativeSpec::recognise(
    const langspec::ProbeOutput& output) const {
  const DeclarativeLanguage* language = find(output.probe);  // the probe bears the language's id
  if (language == nullptr || output.exit_code != 0) return std::optional<langspec::Toolchain>{};
  auto version = find_version(language->version_pattern, output.out);
  if (!version) version = find_version(language->version_pattern, output.err);
  if (!version) return std::optional<langspec::Toolchain>{};
  langspec::Toolchain found;
  found.id = language->language.id + "-" + *version;
  found.executable = output.executable;
  found.version = *version;
  found.label = language->label.empty() ? language->language.name + " {version}" : language->label;
  if (const auto hole = found.label.find("{version}"); hole != std::string::npos) {
    found.label.replace(hole, std::string_view{"{version}"}.size(), *version);
  }
  found.languages = {language->language.id};
  found.read_only_paths = language->read_only_paths;
  return std::optional{std::move(found)};
}

Result<langspec::Plan> DeclarativeSpec::plan(const PlanRequest& request) const {
  const DeclarativeLanguage* language = find(request.language);
  if (language == nullptr) return fail(Errc::plugin, "no such language: " + request.language);
  langspec::Plan plan;
  switch (request.phase) {
    case langspec::Phase::compile:
      for (const DeclaredStep& step : language->compile) {
        plan.steps.push_back(make_step(step, *language, request));
      }
      break;
    case langspec::Phase::run:
      plan.steps.push_back(make_step(language->run, *language, request));
      break;
    case langspec::Phase::warm:
      break;
  }
  return plan;
}

Result<std::vector<Diagnostic>> DeclarativeSpec::diagnose(std::string_view language,
                                                          std::string_view text,
                                                          bool /*truncated*/) const {
  std::vector<Diagnostic> found;
  const DeclarativeLanguage* known = find(language);
  if (known == nullptr) return found;
  for (std::string_view line : split(text, '\n')) {
    line = line.substr(0, kMaxLine);
    for (const std::string& pattern : known->diagnostics) {
      const auto holes = match_line(pattern, line);
      if (!holes) continue;
      std::string file = word(*holes, "file");
      if (file.starts_with("./")) file.erase(0, 2);
      found.push_back({std::move(file),
                       number(*holes, "line"),
                       number(*holes, "column"),
                       Severity::error,
                       {},
                       word(*holes, "message")});
      break;
    }
    if (found.size() >= kMaxDiagnostics) break;
  }
  return found;
}

}  // namespace cex::plugins
