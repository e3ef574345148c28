// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/config/config.hpp"
#include "core/engine/service.hpp"
#include "core/model/audit_record.hpp"
#include "core/model/callback.hpp"
#include "core/model/job_filter.hpp"
#include "core/model/job_request.hpp"
#include "core/model/job_view.hpp"

namespace cex::engine {

/// A job as it enters the queue.
struct NewJob {
  JobRequest request;
  RequestContext context;
  JobView view;                      ///< queued, with everything known at admission
  AuditRecord record;                ///< as it was accepted; the record of its end starts from it
  std::chrono::seconds ttl{0};       ///< how long its result is kept
  std::optional<WallTime> deadline;  ///< to be started by
};

/// One attempt at a job. Delivery is at least once, so whatever an attempt writes carries its
/// number, and a stale number is refused.
struct Claim {
  std::string id;
  std::uint32_t attempt{1};
  std::shared_ptr<const JobRequest> request;
  RequestContext context;
  AuditRecord record;
  JobView view;
};

/// Why an attempt that runs here must stop.
enum class StopReason : std::uint8_t {
  cancelled,  ///< somebody at another node asked for it
  lost,       ///< it is not this node's any more; what comes of it counts for nothing
};

/// A job whose attempts all died with their nodes; who gets it ends it.
struct Orphan {
  Claim claim;
  bool was_cancelled{false};  ///< somebody had asked for it; else it had attempts enough
};

/// Where several nodes share the store.
struct ClusterStatus {
  bool connected{false};
  std::uint64_t redelivered{0};  ///< jobs of dead nodes that this one let wait again
  std::uint64_t given_up{0};     ///< dead letters that this node wrote
  std::uint64_t lost{0};         ///< attempts of this node that were taken from it
};

/// Queue, results and event logs behind one interface, so that another store (shared by several
/// nodes) can take the place of the embedded one. Thread-safe. Besides the errors named, every call
/// may fail with Errc::system where its file or its server does not work.
class JobStore {
 public:
  virtual ~JobStore() = default;

  /// Promises the key to this caller: empty if it is new and the caller is to enqueue a job with
  /// it, or to release it; else the jobs that were made with it. Waits for a caller that has it.
  /// Errors: conflict if it was used with another body.
  [[nodiscard]] virtual Result<std::optional<std::vector<std::string>>> reserve(
      const std::string& tenant, const IdempotencyKey& idempotency) = 0;
  virtual void release(const std::string& tenant, const IdempotencyKey& idempotency) = 0;

  /// Takes all of them, or none, with the key that was reserved for them; they survive the process
  /// when it returns. Errors: queue_full by number or bytes of waiting jobs.
  [[nodiscard]] virtual Result<void> enqueue(std::vector<NewJob> jobs,
                                             std::optional<IdempotencyKey> idempotency) = 0;
  /// The job whose turn it is, now running; empty when none came in time.
  [[nodiscard]] virtual std::optional<Claim> claim(std::chrono::milliseconds patience) = 0;
  /// Output of a running step. Errors: not_found for a job that was forgotten or a stale attempt.
  [[nodiscard]] virtual Result<void> append(const std::string& id, std::uint32_t attempt,
                                            JobEvent event) = 0;
  /// The end of the job: its view, and the last event. Errors: as append.
  [[nodiscard]] virtual Result<void> finish(const std::string& id, std::uint32_t attempt,
                                            JobView view) = 0;
  /// The attempt came to nothing through no fault of the job: it waits again, `delay` at least.
  /// Errors: as append.
  [[nodiscard]] virtual Result<void> retry(const std::string& id, std::uint32_t attempt,
                                           std::chrono::milliseconds delay) = 0;
  /// The attempt was not made: this server stops, and the job waits for the next. Errors: as
  /// append.
  [[nodiscard]] virtual Result<void> give_back(const std::string& id, std::uint32_t attempt) = 0;

  [[nodiscard]] virtual Result<std::string> owner(const std::string& id) const = 0;
  [[nodiscard]] virtual Result<JobView> get(const std::string& id) const = 0;
  [[nodiscard]] virtual Result<JobPage> list(const JobFilter& filter) const = 0;
  [[nodiscard]] virtual Result<EventPage> events(const std::string& id,
                                                 std::uint64_t after) const = 0;
  [[nodiscard]] virtual Result<std::unique_ptr<Watch>> watch(const std::string& id, Watched what,
                                                             std::function<void()> notify) = 0;

  /// Takes a waiting job out of the queue: its record if it was waiting and is now cancelled, with
  /// `message` for its owner.
  [[nodiscard]] virtual Result<std::optional<AuditRecord>> cancel_queued(
      const std::string& id, std::optional<std::string> message) = 0;
  /// Waiting jobs whose deadline is over; the caller cancels them.
  [[nodiscard]] virtual std::vector<std::string> overdue(WallTime now) const = 0;
  /// Drops everything about a job that has ended. Errors: not_found.
  [[nodiscard]] virtual Result<void> forget(const std::string& id) = 0;
  /// Drops results whose time is over, and the oldest ones above the store's bounds.
  virtual void reap(WallTime now) = 0;

  /// `stop` is called, from any thread, for attempts of this node that must stop, perhaps more than
  /// once; it must return at once. Set before the first claim.
  virtual void when_to_stop(
      std::function<void(const std::string& id, std::uint32_t attempt, StopReason)> stop) = 0;
  /// The attempt was taken from this node: nothing more will come of it here.
  virtual void abandon(const std::string& id, std::uint32_t attempt) = 0;
  /// Has a job cancelled that another node runs, and waits until none of its processes is left.
  /// False if no other node runs it. Errors: not_ready if that node does not answer.
  [[nodiscard]] virtual Result<bool> cancel_elsewhere(const std::string& id) = 0;
  /// What dead nodes, or dead servers before this one, leave to end; their attempts are ours now.
  [[nodiscard]] virtual std::vector<Orphan> orphans() = 0;

  /// How the queue is, for readiness.
  [[nodiscard]] virtual HealthCheck check() const = 0;
  /// Empty where this process has the store for itself.
  [[nodiscard]] virtual std::optional<ClusterStatus> cluster() const = 0;
  /// Does it keep callbacks of finished jobs? One that does not takes no job that has one.
  [[nodiscard]] virtual bool keeps_callbacks() const { return false; }
  /// As Service.
  [[nodiscard]] virtual Result<std::optional<Callback>> next_callback(WallTime,
                                                                      const CallbackBusy&) {
    return std::nullopt;
  }
  [[nodiscard]] virtual Result<void> callback_done(const std::string&) { return {}; }
  [[nodiscard]] virtual Result<void> callback_again(const std::string&, std::uint32_t, WallTime) {
    return {};
  }
  [[nodiscard]] virtual Result<std::uint64_t> callbacks_waiting() { return 0; }
  /// Other bounds from now on; what is above them already stays.
  virtual void configure(const config::QueueSettings& queue,
                         const config::ResultSettings& results) = 0;

  /// Do waiting jobs outlive this process?
  [[nodiscard]] virtual bool durable() const = 0;
  [[nodiscard]] virtual std::uint32_t queued() const = 0;
  [[nodiscard]] virtual std::uint64_t queued_bytes() const = 0;
};

}  // namespace cex::engine
