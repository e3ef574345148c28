// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/base/result.hpp"
#include "core/engine/service.hpp"
#include "core/model/audit_record.hpp"
#include "core/model/job_request.hpp"
#include "core/model/job_view.hpp"

namespace cex::engine {

/// A job as it enters the queue.
struct NewJob {
  JobRequest request;
  RequestContext context;
  JobView view;                 ///< queued, with everything known at admission
  AuditRecord record;           ///< as it was accepted; the record of its end starts from it
  std::chrono::seconds ttl{0};  ///< how long its result is kept
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

/// Queue, results and event logs behind one interface, so that another store (embedded, or shared
/// by several nodes) can take the place of the one in memory. Thread-safe.
class JobStore {
 public:
  virtual ~JobStore() = default;

  /// Errors: queue_full by number or bytes of waiting jobs.
  [[nodiscard]] virtual Result<void> enqueue(NewJob job) = 0;
  /// The oldest waiting job, now running; empty when none came in time.
  [[nodiscard]] virtual std::optional<Claim> claim(std::chrono::milliseconds patience) = 0;
  /// Output of a running step. Errors: not_found for a job that was forgotten or a stale attempt.
  [[nodiscard]] virtual Result<void> append(const std::string& id, std::uint32_t attempt,
                                            JobEvent event) = 0;
  /// The end of the job: its view, and the last event. Errors: as append.
  [[nodiscard]] virtual Result<void> finish(const std::string& id, std::uint32_t attempt,
                                            JobView view) = 0;

  [[nodiscard]] virtual Result<JobView> get(const std::string& id) const = 0;
  [[nodiscard]] virtual Result<JobPage> list(const JobFilter& filter) const = 0;
  [[nodiscard]] virtual Result<EventPage> events(const std::string& id,
                                                 std::uint64_t after) const = 0;
  [[nodiscard]] virtual Result<std::unique_ptr<Watch>> watch(const std::string& id,
                                                             std::function<void()> notify) = 0;

  /// Takes a waiting job out of the queue: true if it was waiting and is now cancelled.
  [[nodiscard]] virtual Result<bool> cancel_queued(const std::string& id) = 0;
  /// Drops everything about a job that has ended. Errors: not_found.
  [[nodiscard]] virtual Result<void> forget(const std::string& id) = 0;
  /// Drops results whose time is over, and the oldest ones above the store's bounds.
  virtual void reap(std::chrono::steady_clock::time_point now) = 0;

  [[nodiscard]] virtual std::uint32_t queued() const = 0;
};

}  // namespace cex::engine
