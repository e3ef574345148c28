// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>

#include "core/config/config.hpp"
#include "core/engine/job_store.hpp"
#include "core/engine/key_reservations.hpp"
#include "core/engine/live_job.hpp"
#include "core/engine/waiting_list.hpp"
#include "core/storage/job_journal.hpp"

namespace cex::engine {

/// The embedded store: the journal has every job, memory has the queue's order and those jobs that
/// somebody works on or looks at. Bounded in jobs and bytes, queue and results each.
class LocalStore final : public JobStore {
 public:
  struct Settings {
    config::QueueSettings queue;
    config::ResultSettings results;
    FairQueue::ShareOf tenant_share;    ///< empty: all tenants are equal
    FairQueue::ShareOf language_share;  ///< empty: no bounds
    bool durable{true};
  };
  /// Takes up what the journal has waiting. Errors: those of the journal.
  [[nodiscard]] static Result<std::unique_ptr<LocalStore>> open(
      std::unique_ptr<storage::JobJournal> journal, Settings settings);

  [[nodiscard]] Result<std::optional<std::vector<std::string>>> reserve(
      const std::string& tenant, const IdempotencyKey& idempotency) override {
    return keys_.reserve(tenant, idempotency);
  }
  void release(const std::string& tenant, const IdempotencyKey& idempotency) override {
    keys_.release(tenant, idempotency);
  }
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
      std::function<void(const std::string&, std::uint32_t, StopReason)> /*stop*/) override {}
  void abandon(const std::string& /*id*/, std::uint32_t /*attempt*/) override {}
  [[nodiscard]] Result<bool> cancel_elsewhere(const std::string& /*id*/) override { return false; }
  [[nodiscard]] std::vector<Orphan> orphans() override;
  [[nodiscard]] HealthCheck check() const override;
  [[nodiscard]] std::optional<ClusterStatus> cluster() const override { return std::nullopt; }
  [[nodiscard]] bool keeps_callbacks() const override { return true; }
  [[nodiscard]] Result<std::optional<Callback>> next_callback(WallTime now,
                                                              const CallbackBusy& busy) override;
  [[nodiscard]] Result<void> callback_done(const std::string& job) override {
    return journal_->callback_done(job);
  }
  [[nodiscard]] Result<void> callback_again(const std::string& job, std::uint32_t tries,
                                            WallTime again) override {
    return journal_->callback_again(job, tries, again);
  }
  [[nodiscard]] Result<std::uint64_t> callbacks_waiting() override {
    return journal_->callbacks_waiting();
  }
  void configure(const config::QueueSettings& queue,
                 const config::ResultSettings& results) override;
  [[nodiscard]] bool durable() const override { return settings_.durable; }
  [[nodiscard]] std::uint32_t queued() const override;
  [[nodiscard]] std::uint64_t queued_bytes() const override;

 private:
  using Job = std::shared_ptr<LiveJob>;

  LocalStore(std::unique_ptr<storage::JobJournal> journal, Settings settings);

  // Those named *_locked need mutex_; none of the others may have it.
  [[nodiscard]] bool begins_at_once_locked(const std::vector<NewJob>& jobs) const;
  [[nodiscard]] Result<void> admit_locked(const std::vector<NewJob>& jobs,
                                          std::uint64_t bytes) const;
  [[nodiscard]] Result<Job> running_locked(const std::string& id, std::uint32_t attempt) const;
  void leave_slot_locked(LiveJob& job);
  void keep_locked(const Job& job);
  [[nodiscard]] Job find_locked(const std::string& id) const;
  void again_locked(const Job& job, std::uint32_t attempts, std::chrono::milliseconds delay);

  [[nodiscard]] Result<Job> load(const std::string& id) const;
  [[nodiscard]] Result<Job> load_for_run(const WaitingJob& waiting);
  void conclude(const Job& job, JobView view);
  [[nodiscard]] bool save(const LiveJob& job) const;
  void evict(std::chrono::steady_clock::time_point now);

  Settings settings_;  ///< `queue` and `results` with mutex_
  const std::unique_ptr<storage::JobJournal> journal_;
  KeyReservations keys_;
  mutable std::mutex mutex_;
  std::condition_variable waiting_changed_;
  std::unordered_map<std::string, Job> live_;
  std::set<std::string> loading_;  ///< taken from the queue, and not yet in live_
  std::condition_variable loaded_;
  std::vector<Orphan> orphans_;       ///< left the queue, and wait to be ended
  std::set<std::string> concluding_;  ///< their ends are being written, and not yet in live_
  std::vector<Job> unsaved_;          ///< ended, but the journal would not take it yet
  std::uint64_t live_bytes_{0};
  WaitingList waiting_;
  std::size_t arriving_{0};  ///< jobs that are being written, and are counted as waiting
  std::uint64_t arriving_bytes_{0};
  std::size_t idle_claimers_{0};  ///< that wait for a job
  std::uint64_t next_number_{1};
};

}  // namespace cex::engine
