// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/clock.hpp"
#include "core/model/callback.hpp"
#include "core/model/diagnostic.hpp"
#include "core/model/file_set.hpp"
#include "core/model/interactive.hpp"
#include "core/model/outcome.hpp"
#include "core/model/verdict.hpp"

namespace cex {

enum class JobState : std::uint8_t { queued, running, finished, cancelled };
[[nodiscard]] std::string_view to_string(JobState state) noexcept;

enum class TestVerdict : std::uint8_t { accepted, wrong_answer };

/// STEP of the API: what the client sees of one compile or run.
struct StepReport {
  std::string name;
  Verdict status{Verdict::ok};
  std::optional<int> exit_code;
  std::optional<int> signal;
  CapturedStream out;
  CapturedStream err;
  Usage usage;
  bool cached{false};
  std::vector<Diagnostic> diagnostics;
  std::optional<TestVerdict> verdict;
};

/// What held the job, told truthfully.
struct Isolation {
  std::string mode;    ///< "root" or "rootless"
  std::string cgroup;  ///< "v2", "v1" or "none"
  bool insecure{false};
  bool own_ids{
      false};  ///< each slot has user ids of its own; told by readyz and doctor, not by results
};

/// The job object of the API: a value, a snapshot of one moment.
struct JobView {
  std::string id;
  std::string tenant;  ///< whose it is; not shown
  JobState state{JobState::queued};
  std::optional<Verdict> status;
  std::string language_id;
  std::string language_name;
  std::string version;  ///< of the toolchain chosen; empty while unknown
  std::string plugin;
  std::string plugin_version;
  WallTime created_at;
  std::optional<WallTime> started_at;
  std::optional<WallTime> finished_at;
  Nanoseconds queued_for{};
  std::vector<std::pair<std::string, std::string>> labels;
  std::string trace_id;
  Isolation isolation;
  std::optional<Interactive> interactive;
  bool compiled{false};  ///< the language has a compile step (compile is null otherwise)
  std::optional<StepReport> compile;
  std::vector<StepReport> runs;
  std::vector<BoxFile> artifacts;
  std::optional<std::string> message;
  std::optional<CallbackAddress> callback;  ///< not shown
};

/// One event of a job's stream. `sequence` starts at 1 and rises by one.
struct JobEvent {
  enum class Kind : std::uint8_t { state, out, err, result, error };
  std::uint64_t sequence{0};
  Kind kind{Kind::state};
  bool compile{false};               ///< out/err: of the compile step
  std::uint32_t run{0};              ///< out/err: index of the run
  std::string bytes;                 ///< out/err: the bytes; error: the message
  JobState state{JobState::queued};  ///< state: the new one
};

}  // namespace cex
