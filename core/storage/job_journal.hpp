// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/config/config.hpp"
#include "core/model/callback.hpp"
#include "core/model/job_filter.hpp"
#include "core/model/job_view.hpp"
#include "core/storage/job_codec.hpp"

namespace cex::storage {

/// A job as it is written when it was accepted.
struct NewEntry {
  std::uint64_t number{0};  ///< rises with every job; the order of the queue and of lists
  std::string id;
  JobHead head;
  std::string request;  ///< encoded
  std::string language;
  std::uint32_t priority{5};
  std::optional<WallTime> deadline;  ///< to be started by
  bool begins{false};  ///< its first attempt does, at once; begin() for that can be left out
};

/// What the queue must know of a job that waits.
struct WaitingEntry {
  std::uint64_t number{0};
  std::string id;
  std::string tenant;
  std::string language;
  std::uint32_t priority{5};
  std::uint32_t attempts{0};  ///< that were begun; above 0: the server died while it ran
  std::uint64_t request_bytes{0};
  std::optional<WallTime> deadline;
};

struct EndedEntry {
  std::uint64_t number{0};
  JobView view;
  std::vector<JobEvent> events;
  std::uint64_t bytes{0};  ///< counted against results.max_bytes
  WallTime expires;
};

struct StoredJob {
  std::uint64_t number{0};
  std::uint32_t attempts{0};
  JobHead head;
  std::optional<JobView> view;  ///< of a job that has ended
  std::vector<JobEvent> events;
};

struct Idempotent {
  std::vector<std::string> jobs;
  std::string body_sha256;
};

/// The jobs of one server on its disk: what was accepted survives the death of the process, and
/// with Durability::strict that of the machine. One process may have a journal open. Thread-safe;
/// writing calls return when the write is committed, those that come together share a commit.
/// Errors: Errc::system (disk full, damaged file, ...) and as named.
class JobJournal {
 public:
  /// Opens `folder`/jobs.db, making both where missing. Errors: Errc::config if another process has
  /// it open or a newer version wrote it.
  [[nodiscard]] static Result<std::unique_ptr<JobJournal>> open(const std::string& folder,
                                                                config::Durability durability);
  /// A journal that nobody else sees and that ends with this process.
  [[nodiscard]] static Result<std::unique_ptr<JobJournal>> open_in_memory();
  ~JobJournal();
  JobJournal(const JobJournal&) = delete;
  JobJournal& operator=(const JobJournal&) = delete;

  /// Jobs that wait, and those that were running when the server died, in the order of their
  /// coming. Called once, before anything else.
  [[nodiscard]] Result<std::vector<WaitingEntry>> recover();
  [[nodiscard]] Result<std::uint64_t> last_number();

  /// All of them, or none; all are of one tenant.
  [[nodiscard]] Result<void> add(const std::vector<NewEntry>& entries,
                                 const std::optional<IdempotencyKey>& idempotency);
  /// The attempt begins. Not waited for: a server that dies before it is written has begun nothing.
  void begin(std::uint64_t number, std::uint32_t attempt);
  /// The attempt was not made after all: `attempts` were, and the job waits.
  [[nodiscard]] Result<void> give_back(std::uint64_t number, std::uint32_t attempts);
  /// The result, which takes the place of the request.
  [[nodiscard]] Result<void> end(const EndedEntry& entry);
  [[nodiscard]] Result<void> remove(std::uint64_t number);

  /// The callback of a finished job whose turn it is, if there is one. It stays until it is
  /// callback_done(), or its job is removed or reaped.
  [[nodiscard]] Result<std::optional<Callback>> next_callback(WallTime now,
                                                              const CallbackBusy& busy);
  [[nodiscard]] Result<void> callback_done(const std::string& job);
  /// It came to nothing: `tries` were made, the next one is due at `again`.
  [[nodiscard]] Result<void> callback_again(const std::string& job, std::uint32_t tries,
                                            WallTime again);
  [[nodiscard]] Result<std::uint64_t> callbacks_waiting();

  /// Empty if there is no such job.
  [[nodiscard]] Result<std::optional<std::string>> owner(const std::string& id);
  [[nodiscard]] Result<std::optional<StoredJob>> load(const std::string& id);
  /// The encoded request of a job that has not ended.
  [[nodiscard]] Result<std::string> load_request(std::uint64_t number);
  /// Errors: invalid_request for a cursor that is not ours.
  [[nodiscard]] Result<JobPage> list(const JobFilter& filter);
  [[nodiscard]] Result<std::optional<Idempotent>> find_key(const std::string& tenant,
                                                           const std::string& key, WallTime now);

  struct Bounds {
    std::uint32_t max_jobs;
    std::uint64_t max_bytes;
  };
  /// Drops results whose time is over and the oldest above the bounds, a bounded number in a call;
  /// returns their ids. What is dropped here or was dropped before leaves no bytes in the files
  /// after a further kEraseWithin.
  [[nodiscard]] Result<std::vector<std::string>> reap(WallTime now, const Bounds& bounds);

  static constexpr std::chrono::seconds kEraseWithin{10};

 private:
  struct State;
  explicit JobJournal(std::unique_ptr<State> state);
  [[nodiscard]] static Result<std::unique_ptr<State>> prepare(const std::string& path,
                                                              config::Durability durability);
  std::unique_ptr<State> state_;
};

}  // namespace cex::storage
