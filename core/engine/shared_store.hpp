// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/cluster/job_table.hpp"
#include "core/cluster/news.hpp"
#include "core/cluster/node_table.hpp"
#include "core/cluster/redis_client.hpp"
#include "core/config/config.hpp"
#include "core/engine/fair_queue.hpp"
#include "core/engine/job_store.hpp"
#include "core/engine/shared_runs.hpp"
#include "core/engine/shared_watches.hpp"

namespace cex::engine {

/// This node's part in a Redis: the connections, and its name among the others.
struct ClusterLink {
  explicit ClusterLink(std::unique_ptr<cluster::RedisClient> opened);

  const std::string node;
  std::unique_ptr<cluster::RedisClient> client;
  cluster::JobTable jobs;
  cluster::NodeTable nodes;
};

/// The store that several nodes share. All that must be decided once is decided in Redis (cluster/
/// scripts); here are this node's attempts, with leases that a heartbeat renews, and its watches.
/// While Redis cannot be asked no job is claimed, calls fail with not_ready, and results are kept
/// until it can.
class SharedStore final : public JobStore {
 public:
  /// By language id, for those that have one; asked for at each claim.
  using LanguageBounds = std::function<std::vector<std::pair<std::string, std::uint32_t>>()>;

  /// What this node can run.
  struct Offer {
    std::vector<std::string> lanes;  ///< none: it runs nothing
    std::string announcement;        ///< of them, for the other nodes; empty: none
  };
  struct Settings {
    config::QueueSettings queue;
    config::ResultSettings results;
    FairQueue::ShareOf tenant_share;
    LanguageBounds language_bounds;
    std::chrono::milliseconds callback_lease{30'000};  ///< longer than one try to deliver
    Offer offer;
  };
  SharedStore(std::shared_ptr<ClusterLink> link, Settings settings);
  ~SharedStore() override;
  SharedStore(const SharedStore&) = delete;
  SharedStore& operator=(const SharedStore&) = delete;

  /// Something else from now on; the other nodes hear of it with the next heartbeat.
  void offer(Offer offer);

  [[nodiscard]] Result<std::optional<std::vector<std::string>>> reserve(
      const std::string& tenant, const IdempotencyKey& idempotency) override;
  void release(const std::string& tenant, const IdempotencyKey& idempotency) override;
  [[nodiscard]] Result<void> enqueue(std::vector<NewJob> jobs,
                                     std::optional<IdempotencyKey> idempotency) override;
  [[nodiscard]] std::optional<Claim> claim(std::chrono::milliseconds patience) override;
  [[nodiscard]] Result<void> append(const std::string& id, std::uint32_t attempt,
                                    JobEvent event) override;
  [[nodiscard]] Result<void> finish(const std::string& id, std::uint32_t attempt,
                                    JobView view) override;
  [[nodiscard]] Result<void> retry(const std::string& id, std::uint32_t attempt,
                                   std::chrono::milliseconds delay) override;
  [[nodiscard]] Result<void> give_back(const std::string& id, std::uint32_t attempt) override;
  [[nodiscard]] Result<std::string> owner(const std::string& id) const override;
  [[nodiscard]] Result<JobView> get(const std::string& id) const override;
  [[nodiscard]] Result<JobPage> list(const JobFilter& filter) const override;
  [[nodiscard]] Result<EventPage> events(const std::string& id, std::uint64_t after) const override;
  [[nodiscard]] Result<std::unique_ptr<Watch>> watch(const std::string& id, Watched what,
                                                     std::function<void()> notify) override;
  [[nodiscard]] Result<std::optional<AuditRecord>> cancel_queued(
      const std::string& id, std::optional<std::string> message) override;
  [[nodiscard]] std::vector<std::string> overdue(WallTime now) const override;
  [[nodiscard]] Result<void> forget(const std::string& id) override;
  void reap(WallTime now) override;
  void when_to_stop(
      std::function<void(const std::string&, std::uint32_t, StopReason)> stop) override;
  void abandon(const std::string& id, std::uint32_t attempt) override;
  [[nodiscard]] Result<bool> cancel_elsewhere(const std::string& id) override;
  [[nodiscard]] std::vector<Orphan> orphans() override;
  [[nodiscard]] bool keeps_callbacks() const override { return true; }
  /// What a node that died was delivering comes again when its lease is over.
  [[nodiscard]] Result<std::optional<Callback>> next_callback(WallTime now,
                                                              const CallbackBusy& busy) override;
  [[nodiscard]] Result<void> callback_done(const std::string& job) override;
  [[nodiscard]] Result<void> callback_again(const std::string& job, std::uint32_t tries,
                                            WallTime again) override;
  [[nodiscard]] Result<std::uint64_t> callbacks_waiting() override;
  [[nodiscard]] HealthCheck check() const override;
  [[nodiscard]] std::optional<ClusterStatus> cluster() const override;
  void configure(const config::QueueSettings& queue,
                 const config::ResultSettings& results) override;
  [[nodiscard]] bool durable() const override { return true; }
  [[nodiscard]] std::uint32_t queued() const override;
  [[nodiscard]] std::uint64_t queued_bytes() const override;

 private:
  using Clock = std::chrono::steady_clock;
  using Attempt = SharedRuns::Attempt;

  /// What may change while it runs.
  struct Bounds {
    config::QueueSettings queue;
    config::ResultSettings results;
  };
  [[nodiscard]] Bounds bounds() const;
  [[nodiscard]] std::chrono::milliseconds lease() const {
    return 3 * settings_.queue.redis.heartbeat;
  }
  [[nodiscard]] Clock::time_point safe_after(Clock::time_point asked) const;
  [[nodiscard]] bool wait_for_jobs(Clock::time_point until, std::uint64_t& seen);
  void jobs_may_wait();
  [[nodiscard]] std::optional<Claim> begin(cluster::Taken taken, Clock::time_point asked);
  void bury(const cluster::Taken& taken);
  [[nodiscard]] Result<void> settle(const Attempt& attempt,
                                    const std::function<Result<void>()>& write);
  [[nodiscard]] Result<void> put_back(const Attempt& attempt, std::uint32_t attempts_that_count,
                                      std::chrono::milliseconds delay);
  void stop_attempt(const Attempt& attempt, StopReason reason);
  void send_events();
  void send_events_of(const Attempt& attempt);
  void beat_regularly();
  void beat();
  void heed(const cluster::Pulse& pulse, const std::vector<Attempt>& beaten);
  void guard_leases();
  [[nodiscard]] std::uint32_t retry_after() const;
  [[nodiscard]] cluster::Depth depth() const;
  [[nodiscard]] std::shared_ptr<const Offer> offered() const;

  const std::shared_ptr<ClusterLink> link_;
  const Settings settings_;
  mutable std::mutex bounds_mutex_;
  Bounds bounds_;
  SharedRuns runs_;
  SharedWatches watches_;
  std::function<void(const std::string&, std::uint32_t, StopReason)> stop_;

  mutable std::mutex mutex_;
  std::shared_ptr<const Offer> offer_;
  std::condition_variable waiting_changed_;
  std::uint64_t rumours_{1};               ///< of jobs that wait
  std::uint64_t disproved_{0};             ///< up to which nothing was found
  Clock::time_point look_again_;           ///< whatever the rumours say
  std::vector<std::string> spare_tokens_;  ///< of claims whose answer did not come
  std::map<std::pair<std::string, std::string>, std::string> held_keys_;  ///< tenant, key; token
  cluster::Pulse pulse_;
  Clock::time_point pulse_at_;
  double claims_a_second_{0};
  std::string refusal_;  ///< why the last heartbeat was not taken
  bool announced_{false};
  Clock::time_point up_since_;
  std::condition_variable house_changed_;
  bool beat_now_{false};
  std::atomic<bool> stopping_{false};
  std::atomic<std::uint64_t> redelivered_{0};
  std::atomic<std::uint64_t> given_up_{0};
  std::atomic<std::uint64_t> lost_{0};
  std::thread sender_;
  std::thread heart_;
  std::thread guard_;
  std::unique_ptr<cluster::News> news_;  // last: its thread uses the others
};

}  // namespace cex::engine
