// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "core/langspec/plan.hpp"

namespace cex::plugins {

class JsonReader;

/// One item of an argv or of an environment, with placeholders; one with a condition stands for as
/// many as it lists.
struct DeclaredItem {
  enum class Test : std::uint8_t {
    none,
    option,   ///< `subject` has one of `values`
    tool,     ///< the tool `subject` is installed
    layer,    ///< the layer `subject` is ready
    version,  ///< the toolchain's version is `subject` or later
  };
  Test test{Test::none};
  std::string subject;
  std::vector<std::string> values;
  std::vector<std::string> then;
  std::vector<std::string> otherwise;
};

/// How a step's program is started before there is a job.
struct DeclaredPreboot {
  std::vector<DeclaredItem> argv;
  std::vector<DeclaredItem> env;
  std::vector<langspec::File> files;  ///< their paths may have placeholders
  /// A program that names one of these could tell, so it is started with its job.
  std::vector<std::string> unless_sources_have;
};

/// One process with its placeholders.
struct DeclaredStep {
  std::string name;
  std::string cwd;
  std::vector<DeclaredItem> argv;
  std::vector<DeclaredItem> env;
  std::vector<std::string> outputs;
  std::vector<std::string> layers;
  std::vector<langspec::File> files;
  std::vector<std::string> unless;  ///< what an attempt must not print
  /// The step makes the same of the same, unless a source holds one of these; empty: it does not.
  std::optional<std::vector<std::string>> repeatable;
  std::optional<DeclaredPreboot> preboot;
  langspec::Hints hints;
  bool attempt{false};
  bool needs_exec_memory{false};
  bool needs_proc{false};
};

/// Names that placeholders and conditions may use.
struct DeclaredNames {
  std::set<std::string, std::less<>> options;
  std::set<std::string, std::less<>> tools;
  std::set<std::string, std::less<>> layers;
};

/// What a step takes over where it says nothing itself.
struct StepDefaults {
  std::vector<DeclaredItem> env;
  langspec::Hints hints;
  bool needs_exec_memory{false};
  bool needs_proc{false};
};

/// `from` may be null. Problems are noted in `outer`.
void read_hints(const nlohmann::json* from, const std::string& pointer, StepDefaults& into,
                JsonReader& outer);

/// The field `name` of `reader`: texts, and {"if": ..., "then": [...], "else": [...]}.
[[nodiscard]] std::vector<DeclaredItem> read_items(JsonReader& reader, const char* name,
                                                   bool required, const DeclaredNames& names);

[[nodiscard]] DeclaredStep read_step(const nlohmann::json& from, const std::string& pointer,
                                     langspec::Phase phase, const DeclaredNames& names,
                                     const StepDefaults& defaults, JsonReader& outer);

/// The list of steps in the field `name`, at most eight.
[[nodiscard]] std::vector<DeclaredStep> read_steps(JsonReader& reader, const char* name,
                                                   langspec::Phase phase,
                                                   const DeclaredNames& names,
                                                   const StepDefaults& defaults);

}  // namespace cex::plugins
