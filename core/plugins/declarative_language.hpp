// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "core/base/result.hpp"
#include "core/langspec/plan.hpp"

namespace cex::plugins {

/// One argv of a declarative plugin with its placeholders, and what surrounds it.
struct DeclaredStep {
  std::string name;
  std::vector<std::string> argv;
  std::vector<std::string> env;
  std::vector<std::string> outputs;
  langspec::Hints hints;
  bool needs_exec_memory{false};
  bool needs_proc{false};
};

/// One language of a declarative plugin, read and checked: every placeholder is known.
struct DeclarativeLanguage {
  langspec::Language language;
  std::vector<langspec::Option> options;
  langspec::Probe probe;
  std::string version_pattern;  ///< "Lua {version} "
  std::string label;            ///< with {version}; empty: name and version
  std::vector<std::string> read_only_paths;
  std::vector<DeclaredStep> compile;
  DeclaredStep run;
  std::vector<std::string> diagnostics;  ///< "{file}:{line}: {message}"
};

/// One item of "languages". Errors: Errc::plugin, naming the place below `pointer`.
[[nodiscard]] Result<DeclarativeLanguage> read_language(const nlohmann::json& from,
                                                        const std::string& pointer);

/// [a-z0-9][a-z0-9+#.-]*, at most 32 bytes.
[[nodiscard]] bool is_language_id(std::string_view text);

}  // namespace cex::plugins
