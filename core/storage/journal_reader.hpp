// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/storage/job_journal.hpp"

namespace cex::storage {

/// The questions a journal answers, on a connection that cannot write. Thread-safe.
class JournalReader {
 public:
  [[nodiscard]] static Result<std::unique_ptr<JournalReader>> open(const std::string& path);
  ~JournalReader();
  JournalReader(const JournalReader&) = delete;
  JournalReader& operator=(const JournalReader&) = delete;

  [[nodiscard]] Result<std::vector<WaitingEntry>> waiting();
  [[nodiscard]] Result<std::uint64_t> last_number();
  [[nodiscard]] Result<std::optional<std::string>> owner(const std::string& id);
  [[nodiscard]] Result<std::optional<StoredJob>> load(const std::string& id);
  [[nodiscard]] Result<std::string> request(std::uint64_t number);
  [[nodiscard]] Result<JobPage> list(const JobFilter& filter);
  [[nodiscard]] Result<std::optional<Idempotent>> find_key(const std::string& tenant,
                                                           const std::string& key,
                                                           std::int64_t now);

  [[nodiscard]] Result<std::optional<Callback>> next_callback(std::int64_t now,
                                                              const CallbackBusy& busy);
  [[nodiscard]] Result<std::uint64_t> callbacks_waiting();

  struct Over {
    std::vector<std::pair<std::int64_t, std::string>> jobs;  ///< number, id
    bool keys{false};                                        ///< idempotency keys are over too
  };
  /// At most `most` jobs whose time is over, or else the oldest ones above the bounds.
  [[nodiscard]] Result<Over> expired(std::int64_t now, const JobJournal::Bounds& bounds,
                                     std::int64_t most);

  /// No question is asked while the answer lives.
  [[nodiscard]] std::unique_lock<std::mutex> pause();

 private:
  struct State;
  explicit JournalReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace cex::storage
