// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/cluster/redis_client.hpp"
#include "core/model/callback.hpp"
#include "core/model/job_filter.hpp"
#include "core/model/job_request.hpp"
#include "core/model/job_view.hpp"
#include "core/storage/job_codec.hpp"

namespace cex::cluster {

/// A job on its way into the table.
struct NewRow {
  std::string id;
  std::string language;
  std::string lane;  ///< see lane_of()
  std::uint32_t priority{5};
  std::optional<std::chrono::milliseconds> start_within;
  std::chrono::milliseconds ttl{0};
  std::vector<std::pair<std::string, std::string>> labels;
  storage::JobHead head;
  JobRequest request;
  std::optional<CallbackAddress> callback;  ///< who is to be told of its end
};

/// How a tenant shares the table, as the node that takes its jobs knows it.
struct TenantRow {
  std::string name;
  double weight{1};
  std::uint32_t max_running{UINT32_MAX};
  std::uint32_t max_waiting{UINT32_MAX};
};

struct Bounds {
  std::uint32_t max_jobs{0};
  std::uint64_t max_bytes{0};
};

/// An idempotency key that this node has reserved.
struct HeldKey {
  IdempotencyKey idempotency;
  std::string token;
  std::chrono::milliseconds ttl{0};
};

/// What a key stands for.
struct KeyState {
  enum class Kind : std::uint8_t { reserved, busy, used };
  Kind kind{Kind::reserved};
  std::string body_sha256;        ///< used
  std::vector<std::string> jobs;  ///< used
};

/// An attempt that this node has begun, or that it has to end in a dead one's place.
struct Taken {
  std::string id;
  std::uint32_t attempt{0};
  std::uint64_t sequence{0};  ///< of its last event
  WallTime started;
  struct Content {
    storage::JobHead head;
    JobRequest request;
  };
  Result<Content> content;    ///< an error where what is stored is not a job of ours
  bool was_cancelled{false};  ///< of a dead node's job: somebody had asked for it
};

struct Orphans {
  std::uint64_t waiting_again{0};
  std::vector<Taken> to_end;  ///< without a request
};

/// The end of an attempt.
struct Ending {
  std::string id;
  std::uint32_t attempt{0};
  JobView view;
  std::vector<JobEvent> events;  ///< that were not appended yet; the last is the result
  std::uint64_t bytes{0};        ///< counted against the bound on results
  std::string given_up;          ///< why it goes to the dead letters; empty: it does not
};

/// What waits.
struct Depth {
  std::uint64_t jobs{0};
  std::uint64_t bytes{0};
};

struct EventsRead {
  std::vector<JobEvent> events;
  bool ended{false};
  bool whole{false};  ///< there was nothing beyond these when they were read
};

/// The jobs of all nodes, in Redis: what each script of core/cluster/scripts does, with types. What
/// is read is checked before it is believed. Thread-safe. Errors: not_ready where Redis cannot be
/// asked; not_found for a job that is not there, or an attempt that is over; internal for what is
/// not ours.
class JobTable {
 public:
  /// `node`: the name of this one among the others.
  JobTable(RedisClient& client, std::string node) : client_{client}, node_{std::move(node)} {}

  /// The workers that can run a job: those that announce this.
  [[nodiscard]] static std::string lane_of(const std::string& language,
                                           const std::string& toolchain,
                                           const std::string& version);

  /// All or none; the same jobs again are taken once. Errors: queue_full; not_ready also where the
  /// key is not held any more.
  [[nodiscard]] Result<void> enqueue(const TenantRow& tenant, const Bounds& bounds,
                                     const std::vector<NewRow>& jobs,
                                     const std::optional<HeldKey>& key);
  [[nodiscard]] Result<KeyState> reserve(const std::string& tenant, const std::string& key,
                                         const std::string& token, std::chrono::milliseconds hold);
  [[nodiscard]] Result<void> release(const std::string& tenant, const std::string& key,
                                     const std::string& token);

  struct ClaimOrder {
    std::string token;  ///< the same again after an answer that did not come
    std::chrono::milliseconds lease{0};
    std::vector<std::string> lanes;
    std::vector<std::pair<std::string, std::uint32_t>> most;  ///< languages with a bound
  };
  /// Empty where nothing waits that this node can run.
  [[nodiscard]] Result<std::optional<Taken>> claim(const ClaimOrder& order);
  [[nodiscard]] Result<void> append(const std::string& id, std::uint32_t attempt,
                                    const std::vector<JobEvent>& events);
  [[nodiscard]] Result<void> finish(const Ending& ending);
  [[nodiscard]] Result<void> put_back(const std::string& id, std::uint32_t attempt,
                                      std::uint32_t attempts_that_count,
                                      std::chrono::milliseconds delay);
  /// False if the job does not wait.
  [[nodiscard]] Result<bool> cancel_queued(const std::string& id, const JobView& view,
                                           std::uint64_t bytes);
  /// The node that runs the job and has now been told; empty if none does.
  [[nodiscard]] Result<std::optional<std::string>> cancel_running(const std::string& id);
  [[nodiscard]] Result<Orphans> adopt(std::uint32_t max_attempts, std::chrono::milliseconds lease);
  [[nodiscard]] Result<std::vector<std::string>> overdue();
  [[nodiscard]] Result<std::uint64_t> reap(const Bounds& bounds);
  /// Errors: conflict for a job that has not ended.
  [[nodiscard]] Result<void> forget(const std::string& id);

  /// One that is due, of no host or tenant that is busy; nobody else gets it for the time of
  /// `lease`.
  [[nodiscard]] Result<std::optional<Callback>> take_callback(std::chrono::milliseconds lease,
                                                              const CallbackBusy& busy);
  [[nodiscard]] Result<void> callback_done(const std::string& job);
  [[nodiscard]] Result<void> callback_again(const std::string& job, std::uint32_t tries,
                                            std::chrono::milliseconds delay);
  [[nodiscard]] Result<std::uint64_t> callbacks();

  [[nodiscard]] Result<std::string> owner(const std::string& id);
  [[nodiscard]] Result<Depth> depth();
  /// Empty for a job that does not wait.
  [[nodiscard]] Result<std::optional<storage::JobHead>> waiting(const std::string& id);
  [[nodiscard]] Result<JobView> get(const std::string& id);
  [[nodiscard]] Result<JobPage> list(const JobFilter& filter);
  /// `after` 2^63 or more: no events, only whether the job has ended.
  [[nodiscard]] Result<EventsRead> events(const std::string& id, std::uint64_t after);
  /// News of the job are sent to this node from now on.
  [[nodiscard]] Result<void> watch(const std::string& id);
  [[nodiscard]] Result<void> unwatch(const std::vector<std::string>& ids);
  /// After a time without Redis: for jobs whose watches it may have lost.
  [[nodiscard]] Result<void> watch_again(const std::vector<std::string>& ids);

 private:
  RedisClient& client_;
  const std::string node_;
};

}  // namespace cex::cluster
