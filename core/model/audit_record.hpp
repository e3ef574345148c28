// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "core/base/clock.hpp"
#include "core/model/job_view.hpp"
#include "core/model/limits.hpp"
#include "core/model/network_report.hpp"
#include "core/model/outcome.hpp"
#include "core/model/verdict.hpp"

namespace cex {

enum class AuditEvent : std::uint8_t {
  started,    ///< the log was opened; written by the auditor itself
  stopped,    ///< the log was closed in order; written by the auditor itself
  recovered,  ///< the log ended badly last time; `detail` says what was found and set aside
  accepted,   ///< a job was admitted
  finished,   ///< a job ended with a verdict
  abandoned,  ///< an attempt came to nothing through no fault of the job; it may be tried again
};
[[nodiscard]] std::string_view to_string(AuditEvent event) noexcept;

/// What the project swears to about one event. Empty strings and absent values are left out of the
/// written line; nothing of a job's source, input or output is ever in it but hashes.
struct AuditRecord {
  struct Source {
    std::string path;
    std::string sha256;
  };

  std::uint64_t sequence{0};  ///< set by the auditor
  WallTime time{};            ///< set by the auditor
  AuditEvent event{AuditEvent::accepted};
  std::string job;
  std::uint32_t attempt{0};  ///< 1 for the first; 0 where no attempt was made
  std::string tenant;
  std::string key;  ///< prefix of the API key, or the token's subject
  std::string request_id;
  std::string peer;
  std::string trace_id;
  std::string language;
  std::string toolchain;  ///< label or id
  std::string toolchain_version;
  std::string plugin;
  std::string plugin_version;
  std::string plugin_sha256;
  std::vector<Source> sources;
  std::vector<std::string> plans;  ///< hashes of the SandboxPlans, in order
  bool compile_cached{false};      ///< what was compiled came from an earlier job of this tenant
  std::optional<Limits> compile_limits;
  std::optional<Limits> run_limits;
  std::vector<std::string> network_granted;  ///< "HOST:PORT" each
  NetworkReport network;                     ///< of all runs
  std::optional<Usage> usage;                ///< sums of times over all steps, peak of memory
  std::optional<Verdict> verdict;
  std::vector<std::pair<std::string, std::string>> labels;
  std::optional<Isolation> isolation;
  std::string detail;  ///< for operators: a version, the reason of an abandonment
};

/// The record as it is written, without `prev` and `hash`. Times are integers (nanoseconds), so
/// that the text of a record never depends on how a decimal is printed.
[[nodiscard]] nlohmann::json to_json_value(const AuditRecord& record);

}  // namespace cex
