// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/cache/compile_cache.hpp"
#include "core/config/live.hpp"
#include "core/engine/acceptance.hpp"
#include "core/engine/catalogue.hpp"
#include "core/engine/dialogues.hpp"
#include "core/engine/job_store.hpp"
#include "core/engine/language_source.hpp"
#include "core/engine/live_job.hpp"
#include "core/engine/local_languages.hpp"
#include "core/engine/memory_budget.hpp"
#include "core/engine/pipeline.hpp"
#include "core/engine/ports.hpp"
#include "core/engine/prebooter.hpp"
#include "core/engine/self_tester.hpp"
#include "core/engine/service.hpp"
#include "core/engine/warmer.hpp"
#include "core/sandbox/cgroup_instance.hpp"
#include "core/sandbox/slot_pool.hpp"

namespace cex::engine {

/// What build_engine() wires together.
struct EngineParts {
  config::Config config;               ///< as it was at the start
  std::shared_ptr<config::Live> live;  ///< as it is
  Isolation isolation;
  std::uint32_t workers{1};
  std::uint64_t memory_bytes{0};            ///< for all running steps together
  sandbox::CgroupInstance cgroups;          ///< holds the lock that tells others that we live
  std::unique_ptr<sandbox::SlotPool> pool;  ///< null on a node that runs nothing
  std::unique_ptr<BoxRunner> runner;
  std::unique_ptr<BoxRunner> test_runner;  ///< for the self-test: does not wait for a slot
  std::string self_test_remark;            ///< of the test that the start made
  std::vector<HealthCheck> host_checks;    ///< what the start found out about the host
  std::unique_ptr<AuditLog> audit;
  std::unique_ptr<JobStore> store;
  std::unique_ptr<BoxRunner> layer_runner;    ///< for layers and probes: waits long for a slot
  std::shared_ptr<LocalLanguages> own;        ///< languages of this node: what it can run
  std::shared_ptr<LanguageSource> languages;  ///< what can be asked for; may be the same
};

/// The service: admits, queues, runs jobs on as many threads as may run at once, and answers.
class Engine final : public Service {
 public:
  explicit Engine(EngineParts parts);
  ~Engine() override;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  [[nodiscard]] Result<Submitted> submit(Submission submission) override;
  [[nodiscard]] Result<std::string> owner(const std::string& id) const override;
  [[nodiscard]] Result<JobView> get(const std::string& id) const override;
  [[nodiscard]] Result<JobPage> list(const JobFilter& filter) const override;
  [[nodiscard]] Result<void> cancel(const std::string& id) override;
  [[nodiscard]] Result<void> forget(const std::string& id) override;
  [[nodiscard]] Result<EventPage> events(const std::string& id, std::uint64_t after) const override;
  [[nodiscard]] Result<std::unique_ptr<Watch>> watch(const std::string& id, Watched what,
                                                     std::function<void()> notify) override;
  [[nodiscard]] Result<std::optional<Callback>> next_callback(WallTime now,
                                                              const CallbackBusy& busy) override {
    return parts_.store->next_callback(now, busy);
  }
  [[nodiscard]] Result<void> callback_done(const std::string& job) override {
    return parts_.store->callback_done(job);
  }
  [[nodiscard]] Result<void> callback_again(const std::string& job, std::uint32_t tries,
                                            WallTime again) override {
    return parts_.store->callback_again(job, tries, again);
  }
  [[nodiscard]] std::unique_ptr<Watch> watch_callbacks(std::function<void()> notify) override {
    return callback_watchers_->add(Watched::every_event, std::move(notify));
  }
  [[nodiscard]] Result<std::unique_ptr<Dialogue>> converse(const std::string& id,
                                                           std::function<void()> notify) override;
  [[nodiscard]] std::vector<LanguageInfo> languages() const override;
  [[nodiscard]] std::vector<PluginInfo> plugins() const override;
  [[nodiscard]] std::vector<HealthCheck> readiness() override;
  [[nodiscard]] EngineStatus status() const override;
  [[nodiscard]] metrics::Metrics& metrics() override { return metrics_; }
  [[nodiscard]] telemetry::Exporter& spans() override { return spans_; }
  [[nodiscard]] Result<AuditPage> audit(const AuditQuery& query) const override;
  [[nodiscard]] Isolation isolation() const override { return parts_.isolation; }
  [[nodiscard]] Result<std::string> explain(const JobRequest& request) override;
  void when_helpless(std::function<void()> notify) override;
  void reconfigure(const config::Config& config) override;
  void look_for_languages() override { parts_.own->look_now(); }
  void drain(std::chrono::milliseconds grace) override;
  void hurry() override;

 private:
  struct Running {
    std::uint32_t attempt{0};
    supervise::CancelToken token;
    std::atomic<bool> lost{false};  ///< it is another node's now
  };

  void work();
  void keep_house();
  void languages_changed();
  void expect_languages();
  void run_job(Claim claim);
  void stop_running(const std::string& id, std::uint32_t attempt, StopReason reason);
  void abandon(const Claim& claim, AuditRecord record);
  void end_orphan(Orphan orphan);
  void log_audit_head();
  void trace_waiting(const Claim& claim);
  void trace_cleanup(const Claim& claim, WallTime since, Verdict status);
  [[nodiscard]] Pipeline::Ended run_claimed(const Claim& claim, Running& running,
                                            AuditRecord& record);
  void log_end(const Claim& claim, const JobView& view) const;
  [[nodiscard]] bool try_again(const Claim& claim, const Pipeline::Ended& ended,
                               AuditRecord record);
  void conclude(const Claim& claim, JobView view, AuditRecord record);
  [[nodiscard]] Result<bool> cancel_waiting(const std::string& id,
                                            std::optional<std::string> message);
  [[nodiscard]] bool helpless() const;
  void tell_if_helpless();
  void cancel_running();
  void cancel_running(const std::string& id);
  void cancel_all_waiting();
  void stop_threads();
  [[nodiscard]] HealthCheck host_check() const;
  [[nodiscard]] HealthCheck slots_check() const;
  [[nodiscard]] HealthCheck memory_check() const;
  [[nodiscard]] LayerSource& layer_source();
  [[nodiscard]] PrebootSource& preboot_source();

  EngineParts parts_;
  metrics::Metrics metrics_;
  telemetry::Exporter spans_;
  MemoryBudget memory_;
  NoLayers no_layers_;
  std::unique_ptr<Warmer> warmer_;  // null where nothing is made ahead
  NoPreboots no_preboots_;
  std::unique_ptr<Prebooter> prebooter_;  // null where nothing is started ahead
  cache::CompileCache cache_;
  Permits permits_;
  Pipeline pipeline_;
  Acceptance acceptance_;
  const std::shared_ptr<Watchers> callback_watchers_{std::make_shared<Watchers>()};
  Dialogues dialogues_;
  mutable std::mutex mutex_;
  std::condition_variable running_changed_;
  std::map<std::string, std::shared_ptr<Running>> running_;
  std::unique_ptr<SelfTester> tester_;
  std::condition_variable house_changed_;
  std::function<void()> when_helpless_;  ///< with mutex_; gone once it was called
  std::atomic<bool> draining_{false};
  std::atomic<bool> stopping_{false};
  std::atomic<bool> no_more_claims_{false};
  bool hurried_{false};                                     ///< with mutex_
  bool cancelling_{false};                                  ///< what runs is cut off; with mutex_
  std::chrono::steady_clock::time_point head_logged_at_{};  ///< the house-keeper's alone
  std::uint64_t head_logged_{0};                            ///< the same
  std::vector<std::thread> threads_;
};

}  // namespace cex::engine
