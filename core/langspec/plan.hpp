// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cex::langspec {

/// The host-side mirror of the plugin ABI's records: plain values, copied at the border, knowing
/// neither the ABI nor the kernel. Everything here is a proposal; core/policy decides.

struct Language {
  std::string id;
  std::string name;
  std::string family;
  std::vector<std::string> aliases;
  std::vector<std::string> extensions;
  std::string default_file;
  std::string editor_mode;
  std::string hello;
  bool compiled{false};
};

struct Option {
  enum class Kind : std::uint8_t {
    choice,            ///< `compile.options`: a closed list
    free_text,         ///< the operator must opt in
    compile_argument,  ///< `allowed` lists what may stand in `compile.args`
    runtime_argument,  ///< the same for arguments to the language's runtime
  };
  std::string language;
  std::string id;
  std::string default_value;
  std::vector<std::string> allowed;
  Kind kind{Kind::choice};
};

struct Probe {
  std::string id;
  std::vector<std::string> candidates;
  std::vector<std::string> args;
  bool every{false};  ///< probe every candidate that exists, not only the first
};

struct Description {
  std::vector<Language> languages;
  std::vector<Option> options;
  std::vector<Probe> probes;
};

struct ProbeOutput {
  std::string probe;
  std::string executable;
  int exit_code{0};
  std::string out;
  std::string err;
};

struct Toolchain {
  std::string id;
  std::string executable;
  std::string version;
  std::string label;
  std::vector<std::string> languages;
  std::vector<std::string> read_only_paths;
  bool operator==(const Toolchain&) const = default;
};

enum class Phase : std::uint8_t { compile = 1, run = 2, warm = 3 };

struct Hints {
  std::uint32_t threads{0};
  std::uint32_t processes{0};
  std::uint64_t address_space_bytes{0};
  std::uint64_t overhead_memory_bytes{0};
  std::uint64_t tmp_bytes{0};
  std::uint64_t cpu_ms{0};  ///< CPU time that a small program needs in this step
};

struct Step {
  Phase phase{Phase::run};
  std::string name;
  std::string cwd;
  std::vector<std::string> argv;
  std::vector<std::string> env;
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  std::vector<std::string> layers;
  bool needs_exec_memory{false};
  bool needs_proc{false};
  bool keep_stdin{false};
  bool repeatable{false};           ///< same files, same step, same toolchain: same outputs
  bool attempt{false};              ///< a quicker way to what the steps without this flag make
  std::vector<std::string> unless;  ///< what an attempt must not print in order to count
  Hints hints;
};

struct Layer {
  std::string id;
  std::string version_key;
  std::vector<std::string> inputs;  ///< absolute; their change makes it stale
  std::uint64_t max_bytes{0};
};

/// A file of the plugin's own in the boxes of its steps.
struct File {
  std::string step;  ///< empty: all steps of the plan; or the id of a preboot
  std::string path;
  std::string content;
  bool executable{false};
};

/// How the program of a step can be started ahead of its job.
struct Preboot {
  std::string id;
  std::string step;
  std::vector<std::string> argv;
  std::vector<std::string> env;  ///< besides the step's
};

struct Plan {
  std::vector<Step> steps;
  std::vector<Layer> layers;
  std::vector<File> files;
  std::vector<Preboot> preboots;
};

/// How much of each source a plugin is shown; the plugin API promises this much.
inline constexpr std::size_t kShownContent = std::size_t{64} << 10U;

struct PlanRequest {
  Phase phase{Phase::run};
  std::uint32_t cpus_milli{1000};
  std::uint64_t memory_bytes{0};
  std::string language;
  std::string toolchain;
  std::string executable;
  std::string version;
  std::string box_dir{"/box"};
  std::string out_dir{"/box"};
  std::string entry_file;
  std::vector<std::string> files;
  std::vector<std::string> options;        ///< "id=value", already checked
  std::vector<std::string> args;           ///< the program's arguments
  std::vector<std::string> compile_args;   ///< already filtered by the language's allow list
  std::vector<std::string_view> contents;  ///< of `files`: the beginnings, borrowed for the call
  std::vector<std::string> layers;         ///< "id=place" of those that are ready
  std::vector<std::string> tools;          ///< "id=executable"
};

}  // namespace cex::langspec
