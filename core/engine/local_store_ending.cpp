// SPDX-License-Identifier: Apache-2.0
// How jobs leave the store: they end, wait for another attempt, are cancelled, or their time is
// over.
#include <algorithm>
#include <cstdint>
#include <utility>

#include "core/base/log.hpp"
#include "core/engine/local_store.hpp"

namespace cex::engine {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kLinger{5};

}  // namespace

Result<void> LocalStore::finish(const std::string& id, std::uint32_t attempt, JobView view) {
  Job job;
  bool others_wait = false;
  {
    const std::lock_guard lock{mutex_};
    CEX_TRY(job, running_locked(id, attempt));
    job->closing = true;
    leave_slot_locked(*job);
    others_wait = waiting_.size() > 0;
  }
  if (others_wait) waiting_changed_.notify_all();  // its tenant or language was at its bound, maybe
  conclude(job, std::move(view));
  return {};
}

bool LocalStore::save(const LiveJob& job) const {
  const auto saved = journal_->end({.number = job.turn.number,
                                    .view = job.view,
                                    .events = job.log.all(),
                                    .bytes = size_of(job.view) + job.log.bytes(),
                                    .expires = std::chrono::system_clock::now() + job.ttl});
  if (saved) return true;
  log::error("a result is not on the disk yet",
             {{"job", job.id}, {"reason", saved.error().message}});
  return saved.error().code == Errc::not_found;
}

// Nobody hears of a result before it is safe: after a crash the job would run again and might end
// otherwise. One that the disk will not take is kept in memory and tried again.
void LocalStore::conclude(const Job& job, JobView view) {
  LiveJob ended;
  {
    const std::lock_guard lock{mutex_};
    concluding_.insert(job->id);
    ended.id = job->id;
    ended.turn = job->turn;
    ended.ttl = job->ttl;
    ended.log = job->log;
  }
  close_log(ended.log, view);
  ended.view = std::move(view);
  const bool saved = save(ended);
  {
    const std::lock_guard lock{mutex_};
    live_bytes_ -= job->bytes;
    job->view = std::move(ended.view);
    job->log = std::move(ended.log);
    job->request.reset();
    job->bytes = kBytesOfJob + size_of(job->view) + job->log.bytes();
    job->ended_at = steady_clock::now();
    live_bytes_ += job->bytes;
    concluding_.erase(job->id);
    if (!saved) unsaved_.push_back(job);
  }
  job->watchers->notify(Watched::end);
}

void LocalStore::again_locked(const Job& job, std::uint32_t attempts,
                              std::chrono::milliseconds delay) {
  leave_slot_locked(*job);
  job->view.state = JobState::queued;
  job->view.started_at.reset();
  job->log.append(state_event(JobState::queued));
  const auto now = steady_clock::now();
  waiting_.add({.id = job->id,
                .turn = job->turn,
                .attempts = attempts,
                .bytes = job->bytes,
                .deadline = std::nullopt,
                .not_before = now + delay},
               now);
}

Result<void> LocalStore::retry(const std::string& id, std::uint32_t attempt,
                               std::chrono::milliseconds delay) {
  Job job;
  {
    const std::lock_guard lock{mutex_};
    CEX_TRY(job, running_locked(id, attempt));
    again_locked(job, attempt, delay);
  }
  waiting_changed_.notify_all();
  job->watchers->notify(Watched::every_event);
  return {};
}

Result<void> LocalStore::give_back(const std::string& id, std::uint32_t attempt) {
  Job job;
  {
    const std::lock_guard lock{mutex_};
    CEX_TRY(job, running_locked(id, attempt));
    again_locked(job, attempt - 1, std::chrono::milliseconds{0});
  }
  return journal_->give_back(job->turn.number, attempt - 1);
}

Result<std::optional<AuditRecord>> LocalStore::cancel_queued(const std::string& id,
                                                             std::optional<std::string> message) {
  Job job;
  {
    const std::lock_guard lock{mutex_};
    job = find_locked(id);
  }
  if (!job) {
    CEX_TRY(job, load(id));
  }
  {
    const std::lock_guard lock{mutex_};
    if (!waiting_.withdraw(job->turn.number)) return std::nullopt;
    // Somebody may have begun to watch it meanwhile.
    if (const Job live = find_locked(id)) {
      job = live;
    } else {
      keep_locked(job);
    }
    job->closing = true;
  }
  JobView view = job->view;
  view.state = JobState::cancelled;
  view.status = Verdict::cancelled;
  view.finished_at = std::chrono::system_clock::now();
  view.queued_for = *view.finished_at - view.created_at;
  view.message = std::move(message);
  conclude(job, std::move(view));
  return job->record;
}

std::vector<std::string> LocalStore::overdue(WallTime now) const {
  const std::lock_guard lock{mutex_};
  return waiting_.overdue(now);
}

Result<void> LocalStore::forget(const std::string& id) {
  Job job;
  {
    const std::lock_guard lock{mutex_};
    job = find_locked(id);
  }
  if (!job) {
    CEX_TRY(job, load(id));
  }
  if (!has_ended(job->view)) return fail(Errc::internal, "a job that runs cannot be forgotten");
  CEX_CHECK(journal_->remove(job->turn.number));
  {
    const std::lock_guard lock{mutex_};
    if (live_.erase(id) != 0) live_bytes_ -= job->bytes;
  }
  job->watchers->notify(Watched::end);  // whoever watches learns that it is gone
  return {};
}

void LocalStore::evict(steady_clock::time_point now) {
  std::vector<Job> unsaved;
  {
    const std::lock_guard lock{mutex_};
    unsaved.swap(unsaved_);
  }
  std::erase_if(unsaved, [this](const Job& job) { return save(*job); });
  const std::lock_guard lock{mutex_};
  unsaved_.insert(unsaved_.end(), unsaved.begin(), unsaved.end());
  const auto goes = [&](const Job& job) {
    return has_ended(job->view) && now - job->ended_at > kLinger &&
           std::find(unsaved_.begin(), unsaved_.end(), job) == unsaved_.end();
  };
  for (auto at = live_.begin(); at != live_.end();) {
    if (!goes(at->second)) {
      ++at;
      continue;
    }
    live_bytes_ -= at->second->bytes;
    at = live_.erase(at);
  }
}

void LocalStore::reap(WallTime now) {
  config::ResultSettings bounds;
  {
    const std::lock_guard lock{mutex_};
    bounds = settings_.results;
  }
  const auto dropped = journal_->reap(now, {bounds.max_jobs, bounds.max_bytes});
  if (!dropped) {
    log::warning("job store: results could not be dropped", {{"reason", dropped.error().message}});
  } else {
    const std::lock_guard lock{mutex_};
    for (const auto& id : *dropped) {
      const auto found = live_.find(id);
      if (found == live_.end()) continue;
      live_bytes_ -= found->second->bytes;
      live_.erase(found);
    }
  }
  evict(steady_clock::now());
}

}  // namespace cex::engine
