// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What a plugin says and hears, as plain C++ values. Aggregates: assign members in C++17, use
/// designated initialisers in C++20. What each field means is written in <cex/plugin_abi.h>.
namespace cex::plugin {

using Strings = std::vector<std::string>;

enum class Phase : std::uint32_t { compile = 1, run = 2, warm = 3 };
enum class Severity : std::uint32_t { error = 1, warning = 2, note = 3 };

struct Language {
  std::string id{};
  std::string name{};
  std::string family{};
  Strings aliases{};
  Strings extensions{};  ///< with the dot: ".go"
  std::string default_file{};
  std::string editor_mode{};
  std::string hello{};   ///< prints "Hello, world!\n"
  bool compiled{false};  ///< has a compile phase
  bool interactive{false};
};

enum class OptionKind : std::uint32_t {
  choice = 0,            ///< one of `allowed`
  free_text = 1,         ///< anything; the operator must opt in
  compile_argument = 2,  ///< `allowed` lists arguments for the compiler, "-D*" takes any ending
  runtime_argument = 4,  ///< the same for the run-time system
};

struct Option {
  std::string language{};
  std::string id{};
  std::string default_value{};
  Strings allowed{};
  OptionKind kind{OptionKind::choice};
};

struct Probe {
  std::string id{};
  Strings candidates{};
  Strings args{};
  bool every{false};  ///< run it for each candidate that exists
};

struct Toolchain {
  std::string id{};
  std::string executable{};
  std::string version{};
  std::string label{};
  Strings languages{};
  Strings read_only_paths{};
};

/// 0 = the host's default.
struct Hints {
  std::uint32_t threads{0};
  std::uint32_t processes{0};
  std::uint64_t address_space_bytes{0};
  std::uint64_t overhead_memory_bytes{0};
  std::uint64_t tmp_bytes{0};
  std::uint64_t cpu_ms{0};
};

/// One process in the box; its phase is the one that was asked for.
struct Step {
  std::string name{};
  std::string cwd{};
  Strings argv{};
  Strings env{};
  Strings inputs{};
  Strings outputs{};
  Strings layers{};
  bool needs_exec_memory{false};
  bool needs_proc{false};
  bool keep_stdin{false};  ///< the job's stdin is for this step
  bool repeatable{false};  ///< makes the same of the same: CEX_STEP_REPEATABLE
  bool attempt{false};     ///< a quicker way that may fail: CEX_STEP_ATTEMPT
  Strings unless{};        ///< what an attempt must not print in order to count
  Hints hints{};
};

struct Layer {
  std::string id{};
  std::string version_key{};
  Strings inputs{};  ///< files and folders whose change makes it stale
  std::uint64_t max_bytes{0};
};

/// A file of the plugin's own in the box of a step.
struct File {
  std::string step{};  ///< empty: every step of the plan; or the id of a preboot
  std::string path{};
  std::string content{};
  bool executable{false};
};

/// How a step's program can be started ahead of its job: cex_preboot.
struct Preboot {
  std::string id{};
  std::string step{};
  Strings argv{};
  Strings env{};
};

/// Empty means: nothing to do in this phase.
struct Plan {
  Plan() = default;
  Plan(std::initializer_list<Step> some) : steps(some) {}
  std::vector<Step> steps{};
  std::vector<Layer> layers{};
  std::vector<File> files{};
  std::vector<Preboot> preboots{};
};

struct Diagnostic {
  Severity severity{Severity::error};
  std::uint32_t line{0};
  std::uint32_t column{0};
  std::uint32_t end_line{0};
  std::uint32_t end_column{0};
  std::string file{};
  std::string code{};
  std::string message{};
};

/// Views below are valid during the call that received them.
struct ProbeOutput {
  std::string_view probe{};
  std::string_view executable{};  ///< real path
  int exit_code{0};
  std::string_view out{};
  std::string_view err{};
};

struct CompilerOutput {
  std::string_view language{};
  std::string_view text{};
  bool truncated{false};
};

struct PlanRequest {
  Phase phase{Phase::run};
  std::uint32_t cpus_milli{0};
  std::uint64_t memory_bytes{0};
  std::string_view language{};
  std::string_view toolchain{};
  std::string_view executable{};
  std::string_view version{};
  std::string_view box_dir{};
  std::string_view out_dir{};
  std::string_view entry_file{};
  std::vector<std::string_view> files{};
  std::vector<std::string_view> options{};
  std::vector<std::string_view> args{};
  std::vector<std::string_view> compile_args{};
  std::vector<std::string_view> runtime_args{};
  std::vector<std::string_view> contents{};  ///< of `files`: the first 64 KiB each, hostile
  std::vector<std::string_view> layers{};    ///< "id=place"
  std::vector<std::string_view> tools{};     ///< "id=executable"

  /// Value of "id=value" in `options`; `fallback` when the host did not say.
  [[nodiscard]] std::string_view option(std::string_view id, std::string_view fallback = {}) const {
    return value_of(options, id, fallback);
  }
  /// Where a layer lies in the box; empty while there is none, and then the step does without.
  [[nodiscard]] std::string_view layer(std::string_view id) const { return value_of(layers, id); }
  /// The program behind a tool; empty where it is not installed.
  [[nodiscard]] std::string_view tool(std::string_view id) const { return value_of(tools, id); }
  /// The beginning of one of `files`; empty when the host did not say.
  [[nodiscard]] std::string_view content(std::size_t index) const {
    return index < contents.size() ? contents[index] : std::string_view{};
  }

  /// Value of "id=value" in `list`.
  [[nodiscard]] static std::string_view value_of(const std::vector<std::string_view>& list,
                                                 std::string_view id,
                                                 std::string_view fallback = {}) {
    for (const std::string_view item : list) {
      if (item.size() > id.size() && item.substr(0, id.size()) == id && item[id.size()] == '=') {
        return item.substr(id.size() + 1);
      }
    }
    return fallback;
  }

  /// Whole CPUs to tell a run-time system, at least 1.
  [[nodiscard]] std::uint32_t cpus() const {
    return cpus_milli == 0 ? 1 : (cpus_milli + 999) / 1000;
  }
};

/// Throw it from plan() when the user asked for something impossible; the user reads the text.
struct BadRequest : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace cex::plugin
