// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/config/config.hpp"
#include "core/metrics/metrics.hpp"
#include "core/model/audit_page.hpp"
#include "core/model/callback.hpp"
#include "core/model/interactive.hpp"
#include "core/model/job_filter.hpp"
#include "core/model/job_request.hpp"
#include "core/model/job_view.hpp"
#include "core/model/language_info.hpp"
#include "core/telemetry/exporter.hpp"

namespace cex::engine {

/// Events after a given sequence number. `finished`: the `result` event is among these or before.
struct EventPage {
  std::vector<JobEvent> events;
  bool finished{false};
};

/// What a Watch is for; it may be told of more.
enum class Watched : std::uint8_t {
  every_event,
  end,  ///< of the job, or that it was forgotten: whoever waits for a result spares the rest
};

/// Dropping it ends the notifications: after the destructor returns the callback is not running and
/// will not run again.
class Watch {
 public:
  virtual ~Watch() = default;
};

/// A client's side of an interactive job that waits or runs. Thread-safe; no call waits. Dropping
/// it ends its notifications, as a Watch's.
class Dialogue {
 public:
  virtual ~Dialogue() = default;
  /// Input for the program: how many bytes of the front were taken. The client comes back with the
  /// rest when it is notified. After the job's end all are taken, for nobody.
  [[nodiscard]] virtual std::size_t write(std::string_view bytes) = 0;
  /// Nothing follows what was written so far.
  virtual void end_input() = 0;
  /// One of kSendableSignals, for the main process. False: too many wait already.
  [[nodiscard]] virtual bool signal(int number) = 0;
  /// False: the job has no terminal.
  [[nodiscard]] virtual bool resize(WindowSize size) = 0;
};

struct EngineStatus {
  std::uint32_t slots{0};
  std::uint32_t slots_ready{0};     ///< with a cell made ahead
  std::uint32_t slots_preboots{0};  ///< in which a program waits for its job
  std::uint32_t slots_quarantined{0};
  std::uint32_t running{0};
  std::uint32_t queued{0};
  std::uint64_t queued_bytes{0};
  std::optional<metrics::Cluster> cluster;  ///< empty where this server has the queue for itself
  std::uint64_t callbacks{0};               ///< of finished jobs that are still to be told
  std::uint64_t cells_made{0};              ///< boxes made ready so far
  std::uint64_t audit_sequence{0};
  std::string audit_hash;
  std::uint64_t audit_unsynced{0};
  double audit_lag_s{0};
  std::uint64_t audit_lost{0};
};

/// One or more jobs of one request.
struct Submission {
  std::vector<JobRequest> jobs;
  bool batch{false};  ///< the request was a list: pointers of errors begin with "/jobs/INDEX"
  RequestContext context;
  std::optional<IdempotencyKey> idempotency;
};

struct Submitted {
  std::vector<std::string> ids;  ///< in the order of the jobs
  bool replayed{false};          ///< an earlier request with this idempotency key made them
};

/// All that the server and the CLI see of the engine. Thread-safe; none of these calls waits for a
/// job except forget(), which waits until a running job's processes are gone.
class Service {
 public:
  virtual ~Service() = default;

  /// Checks what can be checked now (language, version, limits, names, options) and queues the
  /// jobs, all or none. Errors: invalid_request, limit_too_high (with pointers), unknown_language,
  /// unknown_version, language_unusable, conflict, queue_full, not_ready, audit.
  [[nodiscard]] virtual Result<Submitted> submit(Submission submission) = 0;

  /// The tenant whose job it is. Errors: not_found.
  [[nodiscard]] virtual Result<std::string> owner(const std::string& id) const = 0;
  [[nodiscard]] virtual Result<JobView> get(const std::string& id) const = 0;
  /// Errors: invalid_request for a cursor that is not ours.
  [[nodiscard]] virtual Result<JobPage> list(const JobFilter& filter) const = 0;

  /// Cancels what waits or runs (every process of it is gone when this returns) and keeps the
  /// result.
  [[nodiscard]] virtual Result<void> cancel(const std::string& id) = 0;
  /// cancel() and then forget source, input, output and the job itself; the audit record stays.
  [[nodiscard]] virtual Result<void> forget(const std::string& id) = 0;

  /// Events with a sequence number above `after`, at most about 256 KiB of them.
  [[nodiscard]] virtual Result<EventPage> events(const std::string& id,
                                                 std::uint64_t after) const = 0;
  /// `notify` is called, from any thread, after new events; it must return at once and must not
  /// call the service. It is called once right away if there are events already.
  [[nodiscard]] virtual Result<std::unique_ptr<Watch>> watch(const std::string& id, Watched what,
                                                             std::function<void()> notify) = 0;

  /// The callback of a finished job whose turn it is, if there is one. It is given again, also by
  /// the next process where the store outlives this one, until it is callback_done() or its job is
  /// forgotten. Callers keep track of those they work on in `busy`.
  [[nodiscard]] virtual Result<std::optional<Callback>> next_callback(WallTime now,
                                                                      const CallbackBusy& busy) = 0;
  /// It was delivered, or nobody will try again.
  [[nodiscard]] virtual Result<void> callback_done(const std::string& job) = 0;
  /// It came to nothing: `tries` were made, the next one is due at `again`.
  [[nodiscard]] virtual Result<void> callback_again(const std::string& job, std::uint32_t tries,
                                                    WallTime again) = 0;
  /// `notify` is called, from any thread, when a job with a callback has ended; as for watch().
  [[nodiscard]] virtual std::unique_ptr<Watch> watch_callbacks(std::function<void()> notify) = 0;
  /// Speaks to the program of an interactive job; any number of clients may. `notify` is called
  /// from any thread when there is room for input again; it must return at once and must not call
  /// the service. Errors: not_found, invalid_request for a job that is not interactive.
  [[nodiscard]] virtual Result<std::unique_ptr<Dialogue>> converse(
      const std::string& id, std::function<void()> notify) = 0;

  [[nodiscard]] virtual std::vector<LanguageInfo> languages() const = 0;
  [[nodiscard]] virtual std::vector<PluginInfo> plugins() const = 0;

  /// The last self-test with its age, and how slots, memory, host, audit and languages are. Waits
  /// for nothing.
  [[nodiscard]] virtual std::vector<HealthCheck> readiness() = 0;
  [[nodiscard]] virtual EngineStatus status() const = 0;
  [[nodiscard]] virtual Isolation isolation() const = 0;
  /// Where the server counts its requests; lives as long as the service.
  [[nodiscard]] virtual metrics::Metrics& metrics() = 0;

  /// Where the spans of requests go; lives as long as the service.
  [[nodiscard]] virtual telemetry::Exporter& spans() = 0;
  /// A page of the audit log. Errors: invalid_request for a cursor that is not ours; audit, system.
  [[nodiscard]] virtual Result<AuditPage> audit(const AuditQuery& query) const = 0;

  /// What would run for `request`, decided but not run: an array of plans as JSON text.
  [[nodiscard]] virtual Result<std::string> explain(const JobRequest& request) = 0;

  /// `notify` is called once, from any thread, when no box can be made any more until a new start
  /// and the store keeps the jobs for it; it must return at once. From then on no job is begun.
  virtual void when_helpless(std::function<void()> notify) = 0;

  /// Brings the reloadable values of a configuration into force (see config/reload.hpp); jobs that
  /// run keep theirs.
  /// Has plugins and toolchains looked through soon, whether any seem to have changed or not.
  virtual void look_for_languages() = 0;
  virtual void reconfigure(const config::Config& config) = 0;

  /// Refuses new jobs from now on, waits until the running ones end or `grace` is over, cuts off
  /// what still runs and closes the audit log. Jobs that wait or are cut off are left to the next
  /// start where the store outlives the process; else those that wait have the grace too, and what
  /// does not end in it is cancelled. Call once.
  virtual void drain(std::chrono::milliseconds grace) = 0;
  /// Ends the grace of a drain() that waits.
  virtual void hurry() = 0;
};

}  // namespace cex::engine
