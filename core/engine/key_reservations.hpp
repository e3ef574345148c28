// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/base/result.hpp"
#include "core/model/job_request.hpp"
#include "core/storage/job_journal.hpp"

namespace cex::engine {

/// Lets one caller at a time make jobs with an idempotency key; whoever comes meanwhile waits and
/// is then told of them. Borrows the journal. Thread-safe.
class KeyReservations {
 public:
  explicit KeyReservations(storage::JobJournal& journal) : journal_{journal} {}

  /// As JobStore::reserve() and JobStore::release().
  [[nodiscard]] Result<std::optional<std::vector<std::string>>> reserve(
      const std::string& tenant, const IdempotencyKey& idempotency);
  void release(const std::string& tenant, const IdempotencyKey& idempotency);

 private:
  storage::JobJournal& journal_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<std::pair<std::string, std::string>> reserved_;  ///< tenant, key
};

}  // namespace cex::engine
