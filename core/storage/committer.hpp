// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "core/base/result.hpp"
#include "core/storage/sqlite.hpp"

namespace cex::storage {

/// The one door to a database for whatever writes. Who comes while another commits waits and is
/// then committed together with all others that wait: one fsync for many. SQLite before 3.51.3 can
/// damage a WAL file when two connections write or checkpoint at one moment, so there is one
/// connection, and one thread at a time on it. Thread-safe.
class Committer {
 public:
  using Work = std::function<Result<void>(Database&)>;

  explicit Committer(Database database) : database_{std::move(database)} {}

  /// Runs `work` inside a transaction and returns when that is committed. An error of `work` undoes
  /// what it did and nothing else.
  [[nodiscard]] Result<void> commit(Work work);
  /// Leaves `work` to whoever commits next; its failure is logged.
  void post(Work work);
  /// Runs `work` alone and outside of a transaction.
  [[nodiscard]] Result<void> alone(const Work& work);

 private:
  struct Ticket;
  using Tickets = std::vector<std::shared_ptr<Ticket>>;

  void lead(std::unique_lock<std::mutex>& lock);
  void transact(const Tickets& tickets);
  [[nodiscard]] Result<void> in_savepoint(const Work& work);

  Database database_;
  std::mutex mutex_;
  std::condition_variable done_;
  Tickets waiting_;
  bool led_{false};
};

}  // namespace cex::storage
