// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "core/base/result.hpp"
#include "core/langspec/plan.hpp"
#include "core/model/diagnostic.hpp"
#include "core/plugins/declared_step.hpp"

namespace cex::plugins {

/// A layer and what fills it.
struct DeclaredLayer {
  langspec::Layer layer;
  std::vector<std::string> per_options;  ///< ids; there is one layer for each of their values
  std::vector<DeclaredStep> steps;
};

/// One message of a tool, over as many lines as there are patterns: "{file}:{line}: {message}".
struct DeclaredDiagnostic {
  std::vector<std::string> lines;
  Severity severity{Severity::error};
};

/// One implementation of a language: how it is found, and what is run with it.
struct DeclaredToolchain {
  std::string id;
  langspec::Probe probe;
  std::string version_pattern;  ///< "Lua {version} "
  std::string label;            ///< with {version}; empty: name and version
  std::vector<std::string> read_only_paths;
  bool any_exit_code{false};
  std::vector<DeclaredStep> compile;
  DeclaredStep run;
  std::vector<DeclaredLayer> layers;
};

/// One language of a declarative plugin, read and checked: every placeholder is known.
struct DeclarativeLanguage {
  langspec::Language language;
  std::vector<langspec::Option> options;
  std::vector<langspec::Probe> tools;         ///< programs beside the toolchain, by their ids
  std::vector<DeclaredToolchain> toolchains;  ///< in order of preference
  std::vector<DeclaredDiagnostic> diagnostics;
};

/// One item of "languages". Errors: Errc::plugin, naming the place below `pointer`.
[[nodiscard]] Result<DeclarativeLanguage> read_language(const nlohmann::json& from,
                                                        const std::string& pointer);

/// [a-z0-9][a-z0-9+#.-]*, at most 32 bytes.
[[nodiscard]] bool is_language_id(std::string_view text);

}  // namespace cex::plugins
