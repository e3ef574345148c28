// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/job_view.hpp"
#include "core/model/language_info.hpp"

namespace cex::metrics {

/// A node's part in a queue that several share; the numbers count from its start.
struct Cluster {
  bool connected{false};
  std::uint64_t redelivered{0};  ///< jobs of dead nodes that this one let wait again
  std::uint64_t given_up{0};     ///< jobs that it ended for want of further attempts
  std::uint64_t lost{0};         ///< its attempts that other nodes were given
};

/// What is read off when somebody asks, instead of being counted.
struct Gauges {
  std::uint64_t queued{0};
  std::uint64_t queued_bytes{0};
  std::uint64_t running{0};
  std::uint64_t slots{0};
  std::uint64_t slots_ready{0};
  std::uint64_t slots_preboots{0};
  std::uint64_t slots_quarantined{0};
  std::uint64_t streams{0};         ///< open event streams and waits
  std::uint64_t webhooks{0};        ///< that are still to be delivered
  std::uint64_t cells_made{0};      ///< since the start
  std::uint64_t audit_sequence{0};  ///< of the last record
  std::string audit_hash;           ///< of the last record, hex
  std::uint64_t audit_unsynced{0};
  double audit_lag_s{0};
  std::uint64_t audit_lost{0};      ///< since the start
  std::uint64_t spans_exported{0};  ///< since the start, as the next
  std::uint64_t spans_dropped{0};
  std::uint64_t spans_waiting{0};
  std::optional<Cluster> cluster;  ///< empty where no other node shares the queue
};

/// Everything a Prometheus server learns from this one. Labels come from closed sets (languages,
/// statuses, routes), never from requests, so that no caller can make the number of series grow.
/// Thread-safe.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  /// Shows what has not happened yet as 0, so that the first time is seen to be one.
  void expect_language(const std::string& language);
  void expect_plugin(const std::string& plugin);

  /// The plugins of a snapshot, in the place of those shown before; after the first one each call
  /// counts as a change.
  void show_plugins(const std::vector<PluginInfo>& plugins);

  void job_accepted(const std::string& language);
  /// `reason`: a code of the API, such as "queue_full".
  void job_refused(std::string_view reason);
  void job_ended(const JobView& job);
  void attempt_failed(const std::string& language);  ///< a job will be tried again
  void plugin_failed(const std::string& plugin);     ///< it broke its contract
  /// `route`: the pattern, such as "/v1/jobs/{id}"; "other" for what matches none.
  void request(std::string_view method, std::string_view route, int status,
               std::chrono::nanoseconds took);

  /// A step could use layers; `hit`: all of them were there.
  void layers_wanted(const std::string& language, bool hit);
  void preboot_used(const std::string& language);
  /// `kind`: "key" or "token"; `result`: "good", "bad".
  void identified(std::string_view kind, std::string_view result);
  void token_keys_fetched(bool good);

  void webhook_tried(bool delivered, std::chrono::nanoseconds took);
  void webhook_given_up();

  /// The exposition format 0.0.4 of Prometheus.
  [[nodiscard]] std::string text(const Gauges& gauges) const;
  static constexpr const char* kContentType = "text/plain; version=0.0.4; charset=utf-8";

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cex::metrics
