// SPDX-License-Identifier: Apache-2.0
#include "jvm_spec.hpp"

#include <array>
#include <string>

#include "jvm_choice.hpp"
#include "jvm_language.hpp"

namespace cex::plugins {
namespace {

/// Every language of the family, in the order in which they are described.
std::array<jvm::JvmLanguage, 5> languages() {
  return {jvm::java(), jvm::kotlin(), jvm::scala(), jvm::groovy(), jvm::clojure()};
}

std::optional<jvm::JvmLanguage> find(std::string_view id) {
  for (const jvm::JvmLanguage& language : languages()) {
    if (language.id == id) return language;
  }
  return std::nullopt;
}

}  // namespace

void JvmSpec::describe(plugin::Describe& describe) const {
  for (const jvm::JvmLanguage& language : languages()) language.describe(describe);
  describe.probe(jvm::jvm_probe());
}

std::optional<plugin::Toolchain> JvmSpec::recognise(const plugin::ProbeOutput& output) const {
  for (const jvm::JvmLanguage& language : languages()) {
    if (auto found = language.recognise(output)) return found;
  }
  return jvm::recognise_jvm(output);
}

plugin::Plan JvmSpec::plan(const plugin::PlanRequest& request) const {
  const auto language = find(request.language);
  if (!language)
    throw plugin::BadRequest("no JVM language \"" + std::string(request.language) + "\"");
  return language->plan(request);
}

std::vector<plugin::Diagnostic> JvmSpec::diagnose(const plugin::CompilerOutput& output) const {
  const auto language = find(output.language);
  if (!language) return {};
  return language->diagnose(output.text);
}

}  // namespace cex::plugins
