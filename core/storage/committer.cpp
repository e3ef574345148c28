// SPDX-License-Identifier: Apache-2.0
#include "core/storage/committer.hpp"

#include "core/base/log.hpp"

namespace cex::storage {

struct Committer::Ticket {
  Work work;
  bool posted{false};
  bool done{false};
  Result<void> result;
};

Result<void> Committer::commit(Work work) {
  const auto ticket = std::make_shared<Ticket>();
  ticket->work = std::move(work);
  std::unique_lock lock{mutex_};
  waiting_.push_back(ticket);
  while (!ticket->done) {
    if (led_) {
      done_.wait(lock);
    } else {
      lead(lock);
    }
  }
  return std::move(ticket->result);
}

void Committer::post(Work work) {
  auto ticket = std::make_shared<Ticket>();
  ticket->work = std::move(work);
  ticket->posted = true;
  const std::lock_guard lock{mutex_};
  waiting_.push_back(std::move(ticket));
}

Result<void> Committer::alone(const Work& work) {
  std::unique_lock lock{mutex_};
  done_.wait(lock, [this] { return !led_; });
  led_ = true;
  lock.unlock();
  auto result = work(database_);
  lock.lock();
  led_ = false;
  lock.unlock();
  done_.notify_all();
  return result;
}

void Committer::lead(std::unique_lock<std::mutex>& lock) {
  led_ = true;
  const Tickets batch = std::move(waiting_);
  waiting_.clear();
  lock.unlock();
  transact(batch);
  lock.lock();
  for (const auto& ticket : batch) ticket->done = true;
  led_ = false;
  done_.notify_all();
}

Result<void> Committer::in_savepoint(const Work& work) {
  CEX_CHECK(database_.execute("SAVEPOINT ticket"));
  auto done = work(database_);
  const auto ended =
      database_.execute(done ? "RELEASE ticket" : "ROLLBACK TO ticket; RELEASE ticket");
  return done ? ended : done;
}

void Committer::transact(const Tickets& tickets) {
  auto begun = database_.execute("BEGIN IMMEDIATE");
  if (begun) {
    // The work of one alone is undone with the transaction.
    const bool shared = tickets.size() > 1;
    bool keep = shared;
    for (const auto& ticket : tickets) {
      ticket->result = shared ? in_savepoint(ticket->work) : ticket->work(database_);
      keep = keep || ticket->result;
    }
    begun = database_.execute(keep ? "COMMIT" : "ROLLBACK");
    // A full disk may have rolled everything back already; then there is nothing to roll back.
    if (!begun) static_cast<void>(database_.execute("ROLLBACK"));
  }
  for (const auto& ticket : tickets) {
    if (!begun && ticket->result) ticket->result = begun;
    if (ticket->posted && !ticket->result) {
      log::warning("job store: a note was not written",
                   {{"reason", ticket->result.error().message}});
    }
  }
}

}  // namespace cex::storage
