// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "core/engine/event_log.hpp"
#include "core/engine/fair_queue.hpp"
#include "core/engine/job_store.hpp"

namespace cex::engine {

/// Who wants to know of a job's events. A lock of its own, so that a notification may run while the
/// store is used, and dropping a Watch waits for a notification that is running. Thread-safe.
class Watchers : public std::enable_shared_from_this<Watchers> {
 public:
  /// After an event that is a job's end, or not. Everybody hears of an end.
  void notify(Watched news);
  /// Calls `callback` once at once, and then at each notify() of `what`.
  [[nodiscard]] std::unique_ptr<Watch> add(Watched what, std::function<void()> callback);
  [[nodiscard]] bool empty();

 private:
  std::mutex mutex_;
  struct Watcher {
    Watched what;
    std::function<void()> callback;
  };

  std::map<std::uint64_t, Watcher> watchers_;
  std::uint64_t next_{1};
};

/// What the store holds in memory of a job that runs, has just ended, or waits and is watched.
struct LiveJob {
  std::string id;
  Turn turn;
  std::uint32_t attempt{0};
  bool closing{false};  ///< its end is being written; nothing else may end it
  std::shared_ptr<const JobRequest> request;
  RequestContext context;
  AuditRecord record;
  JobView view;
  EventLog log;
  std::chrono::seconds ttl{0};
  std::uint64_t bytes{0};  ///< what it takes of memory, about
  std::chrono::steady_clock::time_point claimed_at{};
  std::chrono::steady_clock::time_point ended_at{};
  std::shared_ptr<Watchers> watchers{std::make_shared<Watchers>()};
};

[[nodiscard]] bool has_ended(const JobView& view) noexcept;
[[nodiscard]] JobEvent state_event(JobState state);
/// The last events of a job, which every reader waits for.
void close_log(EventLog& log, const JobView& view);

/// About what a job takes in memory besides its request and result.
inline constexpr std::uint64_t kBytesOfJob = 4096;
/// About what a request or a result takes, in memory or on the disk.
[[nodiscard]] std::uint64_t size_of(const JobRequest& request);
[[nodiscard]] std::uint64_t size_of(const JobView& view);

}  // namespace cex::engine
