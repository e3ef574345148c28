// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "core/config/config.hpp"
#include "core/engine/event_log.hpp"
#include "core/engine/job_store.hpp"

namespace cex::engine {

/// The store of a single process without persistence: jobs are gone when it ends. Bounded in jobs
/// and bytes, queue and results each.
class MemoryStore final : public JobStore {
 public:
  MemoryStore(const config::QueueSettings& queue, const config::ResultSettings& results);

  [[nodiscard]] Result<void> enqueue(NewJob job) override;
  [[nodiscard]] std::optional<Claim> claim(std::chrono::milliseconds patience) override;
  [[nodiscard]] Result<void> append(const std::string& id, std::uint32_t attempt,
                                    JobEvent event) override;
  [[nodiscard]] Result<void> finish(const std::string& id, std::uint32_t attempt,
                                    JobView view) override;
  [[nodiscard]] Result<JobView> get(const std::string& id) const override;
  [[nodiscard]] Result<JobPage> list(const JobFilter& filter) const override;
  [[nodiscard]] Result<EventPage> events(const std::string& id, std::uint64_t after) const override;
  [[nodiscard]] Result<std::unique_ptr<Watch>> watch(const std::string& id,
                                                     std::function<void()> notify) override;
  [[nodiscard]] Result<bool> cancel_queued(const std::string& id) override;
  [[nodiscard]] Result<void> forget(const std::string& id) override;
  void reap(std::chrono::steady_clock::time_point now) override;
  [[nodiscard]] std::uint32_t queued() const override;

 private:
  struct Watchers;
  struct Record;
  using Records = std::unordered_map<std::string, std::shared_ptr<Record>>;

  [[nodiscard]] Result<std::shared_ptr<Record>> find(const std::string& id) const;
  [[nodiscard]] Result<std::shared_ptr<Record>> find(const std::string& id,
                                                     std::uint32_t attempt) const;
  void conclude(Record& record, JobView view);
  void drop(const std::shared_ptr<Record>& record);

  config::QueueSettings queue_settings_;
  config::ResultSettings result_settings_;
  mutable std::mutex mutex_;
  std::condition_variable waiting_changed_;
  Records records_;
  std::map<std::uint64_t, std::shared_ptr<Record>> by_age_;  ///< creation number -> record
  /// By number, so in the order of their coming; a hundred thousand may be cancelled one by one.
  std::map<std::uint64_t, std::shared_ptr<Record>> waiting_;
  std::uint64_t waiting_bytes_{0};
  std::uint64_t result_bytes_{0};
  std::uint64_t next_number_{1};
};

}  // namespace cex::engine
