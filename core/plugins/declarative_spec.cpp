// SPDX-License-Identifier: Apache-2.0
#include "core/plugins/declarative_spec.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>

#include "core/base/text.hpp"
#include "core/plugins/placeholders.hpp"
#include "core/plugins/text_pattern.hpp"

namespace cex::plugins {
namespace {

using langspec::Phase;
using langspec::PlanRequest;

constexpr std::size_t kMaxLine = 4096;
constexpr std::size_t kMaxDiagnostics = 200;

/// The id of a layer for the options of a request.
std::string layer_id(const DeclaredLayer& layer, const Placeholders& values) {
  std::string id = layer.layer.id;
  for (const std::string& option : layer.per_options) id += "-" + values.option(option);
  return id;
}

std::string layer_id(const std::string& id, const DeclaredToolchain& toolchain,
                     const Placeholders& values) {
  for (const DeclaredLayer& layer : toolchain.layers) {
    if (layer.layer.id == id) return layer_id(layer, values);
  }
  return id;
}

/// Layers are known to the host by the ids above, to the manifest by its own.
PlanRequest with_own_layer_names(PlanRequest request, const DeclaredToolchain& toolchain,
                                 const DeclarativeLanguage& language) {
  const std::vector<std::string> ready = std::move(request.layers);
  request.layers.clear();
  const Placeholders values{request, language.options, language.language.extensions};
  std::vector<std::string> named;
  for (const DeclaredLayer& layer : toolchain.layers) {
    const std::string prefix = layer_id(layer, values) + "=";
    for (const std::string& item : ready) {
      if (item.starts_with(prefix))
        named.push_back(layer.layer.id + item.substr(prefix.size() - 1));
    }
  }
  request.layers = std::move(named);
  return request;
}

/// In doubt they have: a source that was not shown to its end may.
bool may_have_any(const std::vector<std::string>& texts, const PlanRequest& request) {
  if (texts.empty()) return false;
  return std::any_of(request.contents.begin(), request.contents.end(), [&](std::string_view shown) {
    return shown.size() >= langspec::kShownContent ||
           std::any_of(texts.begin(), texts.end(), [&](const std::string& text) {
             return shown.find(text) != std::string_view::npos;
           });
  });
}

bool is_repeatable(const DeclaredStep& step, const PlanRequest& request) {
  return step.repeatable && !may_have_any(*step.repeatable, request);
}

void add_files(const std::vector<langspec::File>& files, const std::string& owner,
               langspec::Plan& plan) {
  for (langspec::File file : files) {
    file.step = owner;
    plan.files.push_back(std::move(file));
  }
}

void add_preboot(const DeclaredStep& from, const PlanRequest& request, const Placeholders& values,
                 langspec::Plan& plan) {
  // A flag of the run-time system may pass over the gate; then the program starts with its job.
  if (!from.preboot || values.has_runtime_arguments() ||
      may_have_any(from.preboot->unless_sources_have, request)) {
    return;
  }
  const std::string id = "start of " + from.name;
  plan.preboots.push_back(
      {id, from.name, values.expand(from.preboot->argv), values.expand(from.preboot->env)});
  std::vector<langspec::File> files = from.preboot->files;
  for (langspec::File& file : files) file.path = values.fill(file.path);
  add_files(files, id, plan);
}

void add_step(const DeclaredStep& from, const PlanRequest& request, const Placeholders& values,
              const DeclaredToolchain& toolchain, langspec::Plan& plan) {
  langspec::Step step;
  step.phase = request.phase;
  step.name = from.name;
  step.cwd = from.cwd;
  step.argv = values.expand(from.argv);
  step.env = values.expand(from.env);
  for (const std::string& output : from.outputs) step.outputs.push_back(values.fill(output));
  for (const std::string& id : from.layers) step.layers.push_back(layer_id(id, toolchain, values));
  step.hints = from.hints;
  step.needs_exec_memory = from.needs_exec_memory;
  step.needs_proc = from.needs_proc;
  step.keep_stdin = request.phase == Phase::run;
  step.attempt = from.attempt;
  step.unless = from.unless;
  step.repeatable = is_repeatable(from, request);
  plan.steps.push_back(std::move(step));
  add_files(from.files, from.name, plan);
  add_preboot(from, request, values, plan);
}

void add_layers(const PlanRequest& request, const Placeholders& values,
                const DeclaredToolchain& toolchain, langspec::Plan& plan) {
  for (const DeclaredLayer& layer : toolchain.layers) {
    langspec::Layer made = layer.layer;
    made.id = layer_id(layer, values);
    for (const DeclaredStep& from : layer.steps) {
      add_step(from, request, values, toolchain, plan);
      plan.steps.back().layers = {made.id};
    }
    plan.layers.push_back(std::move(made));
  }
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

/// A message that begins at `lines[at]`.
std::optional<Diagnostic> match_at(const DeclaredDiagnostic& declared,
                                   const std::vector<std::string_view>& lines, std::size_t at) {
  if (lines.size() - at < declared.lines.size()) return std::nullopt;
  Holes holes;
  for (std::size_t i = 0; i < declared.lines.size(); ++i) {
    auto found = match_line(declared.lines[i], lines[at + i].substr(0, kMaxLine));
    if (!found) return std::nullopt;
    holes.merge(*found);
  }
  std::string file = word(holes, "file");
  if (file.starts_with("./")) file.erase(0, 2);
  return Diagnostic{std::move(file),   number(holes, "line"), number(holes, "column"),
                    declared.severity, word(holes, "code"),   word(holes, "message")};
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
    for (const auto& toolchain : language.toolchains) all.probes.push_back(toolchain.probe);
    all.probes.insert(all.probes.end(), language.tools.begin(), language.tools.end());
  }
  return all;
}

Result<std::optional<langspec::Toolchain>> DeclarativeSpec::recognise(
    const langspec::ProbeOutput& output) const {
  for (const DeclarativeLanguage& language : languages_) {
    for (const DeclaredToolchain& toolchain : language.toolchains) {
      if (toolchain.probe.id == output.probe) return recognise_as(language, toolchain, output);
    }
    for (const langspec::Probe& tool : language.tools) {
      if (tool.id != output.probe) continue;
      langspec::Toolchain found;  // one without languages is a tool
      found.id = tool.id;
      found.executable = output.executable;
      return std::optional{std::move(found)};
    }
  }
  return std::optional<langspec::Toolchain>{};
}

std::optional<langspec::Toolchain> DeclarativeSpec::recognise_as(
    const DeclarativeLanguage& language, const DeclaredToolchain& toolchain,
    const langspec::ProbeOutput& output) {
  if (output.exit_code != 0 && !toolchain.any_exit_code) return std::nullopt;
  auto version = find_version(toolchain.version_pattern, output.out);
  if (!version) version = find_version(toolchain.version_pattern, output.err);
  // tclsh8.6 tells its version by its name alone.
  if (!version) version = find_version(toolchain.version_pattern, output.executable);
  if (!version) return std::nullopt;
  langspec::Toolchain found;
  found.id = toolchain.id + "-" + *version;
  found.executable = output.executable;
  found.version = *version;
  found.label = toolchain.label.empty() ? language.language.name + " {version}" : toolchain.label;
  if (const auto hole = found.label.find("{version}"); hole != std::string::npos) {
    found.label.replace(hole, std::string_view{"{version}"}.size(), *version);
  }
  found.languages = {language.language.id};
  found.read_only_paths = toolchain.read_only_paths;
  return found;
}

const DeclaredToolchain* DeclarativeSpec::toolchain_of(const DeclarativeLanguage& language,
                                                       const PlanRequest& request) {
  const std::string_view id = request.toolchain;
  for (const DeclaredToolchain& toolchain : language.toolchains) {
    if (id.substr(0, id.rfind('-')) == toolchain.id) return &toolchain;
  }
  return nullptr;
}

Result<langspec::Plan> DeclarativeSpec::plan(const PlanRequest& asked) const {
  const DeclarativeLanguage* language = find(asked.language);
  if (language == nullptr) return fail(Errc::plugin, "no such language: " + asked.language);
  const DeclaredToolchain* toolchain = toolchain_of(*language, asked);
  if (toolchain == nullptr) return fail(Errc::plugin, "no such toolchain: " + asked.toolchain);
  const PlanRequest request = with_own_layer_names(asked, *toolchain, *language);
  const Placeholders values{request, language->options, language->language.extensions};
  langspec::Plan plan;
  switch (request.phase) {
    case Phase::compile:
      for (const DeclaredStep& step : toolchain->compile) {
        add_step(step, request, values, *toolchain, plan);
      }
      break;
    case Phase::run:
      add_step(toolchain->run, request, values, *toolchain, plan);
      break;
    case Phase::warm:
      add_layers(request, values, *toolchain, plan);
      break;
  }
  if (!values.missing_tool().empty()) {
    return fail(Errc::plugin, "needs a tool that is not installed: " + values.missing_tool());
  }
  return plan;
}

Result<std::vector<Diagnostic>> DeclarativeSpec::diagnose(std::string_view language,
                                                          std::string_view text,
                                                          bool /*truncated*/) const {
  std::vector<Diagnostic> found;
  const DeclarativeLanguage* known = find(language);
  if (known == nullptr) return found;
  const std::vector<std::string_view> lines = split(text, '\n');
  for (std::size_t at = 0; at < lines.size() && found.size() < kMaxDiagnostics; ++at) {
    for (const DeclaredDiagnostic& declared : known->diagnostics) {
      auto diagnostic = match_at(declared, lines, at);
      if (!diagnostic) continue;
      found.push_back(*std::move(diagnostic));
      break;
    }
  }
  return found;
}

}  // namespace cex::plugins
