// SPDX-License-Identifier: Apache-2.0
#include "core/engine/local_store.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include "core/base/log.hpp"

namespace cex::engine {
namespace {

using std::chrono::steady_clock;

constexpr std::uint64_t kLiveBytes = std::uint64_t{64} << 20U;
constexpr std::chrono::seconds kReadAgain{10};

FairQueue::ShareOf or_equal(FairQueue::ShareOf share) {
  if (share) return share;
  return [](const std::string&) { return Share{}; };
}

}  // namespace

LocalStore::LocalStore(std::unique_ptr<storage::JobJournal> journal, Settings settings)
    : settings_{std::move(settings)},
      journal_{std::move(journal)},
      keys_{*journal_},
      waiting_{or_equal(settings_.tenant_share), or_equal(settings_.language_share)} {}

Result<std::unique_ptr<LocalStore>> LocalStore::open(std::unique_ptr<storage::JobJournal> journal,
                                                     Settings settings) {
  CEX_TRY(const auto last, journal->last_number());
  CEX_TRY(const auto entries, journal->recover());
  auto store = std::unique_ptr<LocalStore>(new LocalStore(std::move(journal), std::move(settings)));
  store->next_number_ = last + 1;
  for (const auto& entry : entries) {
    store->waiting_.add({.id = entry.id,
                         .turn = {entry.number, entry.tenant, entry.language, entry.priority, 0},
                         .attempts = entry.attempts,
                         .bytes = entry.request_bytes,
                         .deadline = entry.deadline,
                         .not_before = {}},
                        steady_clock::now());
  }
  if (!entries.empty()) {
    log::info("jobs taken up from the last run", {{"jobs", std::uint64_t{entries.size()}}});
  }
  return store;
}

Result<void> LocalStore::admit_locked(const std::vector<NewJob>& jobs, std::uint64_t bytes) const {
  const std::string& tenant = jobs.front().view.tenant;
  std::string full;
  if (waiting_.size() + arriving_ + jobs.size() > settings_.queue.max_jobs ||
      waiting_.bytes() + arriving_bytes_ + bytes > settings_.queue.max_bytes) {
    full = "the queue is full; try again later";
  } else if (settings_.tenant_share &&
             waiting_.size_of(tenant) + jobs.size() > settings_.tenant_share(tenant).max_waiting) {
    full = "as many of your jobs wait as may; try again later";
  }
  if (full.empty()) return {};
  auto refusal = fail(Errc::queue_full, std::move(full));
  refusal.value().retry_after_s = waiting_.retry_after();
  return refusal;
}

Result<void> LocalStore::enqueue(std::vector<NewJob> jobs,
                                 std::optional<IdempotencyKey> idempotency) {
  std::vector<storage::NewEntry> entries;
  std::uint64_t bytes = 0;
  for (NewJob& job : jobs) {
    storage::NewEntry entry{.number = 0,
                            .id = job.view.id,
                            .head = {job.context, job.view, job.record, job.ttl},
                            .request = storage::encode(job.request),
                            .language = job.view.language_id,
                            .priority = job.request.priority,
                            .deadline = job.deadline};
    bytes += entry.request.size();
    entries.push_back(std::move(entry));
  }
  {
    const std::lock_guard lock{mutex_};
    CEX_CHECK(admit_locked(jobs, bytes));
    entries.front().begins = begins_at_once_locked(jobs);
    arriving_ += jobs.size();
    arriving_bytes_ += bytes;
    for (auto& entry : entries) entry.number = next_number_++;
  }
  const auto added = journal_->add(entries, idempotency);
  {
    const std::lock_guard lock{mutex_};
    arriving_ -= jobs.size();
    arriving_bytes_ -= bytes;
    if (!added) return added;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      const auto& entry = entries[i];
      WaitingJob waiting{
          .id = entry.id,
          .turn = {entry.number, jobs[i].view.tenant, entry.language, entry.priority, 0},
          .attempts = 0,
          .bytes = entry.request.size(),
          .deadline = entry.deadline,
          .not_before = {}};
      waiting.next_is_noted = entry.begins;
      const auto job = std::make_shared<LiveJob>();
      job->id = entry.id;
      job->turn = waiting.turn;
      job->request = std::make_shared<const JobRequest>(std::move(jobs[i].request));
      job->context = std::move(jobs[i].context);
      job->record = std::move(jobs[i].record);
      job->view = std::move(jobs[i].view);
      job->ttl = jobs[i].ttl;
      job->log.append(state_event(JobState::queued));
      job->bytes = waiting.bytes + kBytesOfJob;
      // What does not fit into memory waits in the journal alone.
      if (live_bytes_ + job->bytes <= kLiveBytes) keep_locked(job);
      waiting_.add(std::move(waiting), steady_clock::now());
    }
  }
  for (std::size_t i = 0; i < jobs.size(); ++i) waiting_changed_.notify_one();
  return {};
}

// A worker has nothing else to do than to take it: what would be written when it does is written
// with the job, and a commit is spared. Should the server die in between, an attempt counts that
// was not made. A dialogue has only one, so it does not take part.
bool LocalStore::begins_at_once_locked(const std::vector<NewJob>& jobs) const {
  const NewJob& job = jobs.front();
  return jobs.size() == 1 && !job.request.interactive && idle_claimers_ > 0 &&
         waiting_.size() + arriving_ == 0 &&
         waiting_.may_run({0, job.view.tenant, job.view.language_id, job.request.priority, 0});
}

void LocalStore::keep_locked(const Job& job) {
  live_bytes_ += job->bytes;
  live_.emplace(job->id, job);
}

std::vector<Orphan> LocalStore::orphans() {
  const std::lock_guard lock{mutex_};
  return std::exchange(orphans_, {});
}

std::optional<Claim> LocalStore::claim(std::chrono::milliseconds patience) {
  const auto until = steady_clock::now() + patience;
  std::unique_lock lock{mutex_};
  auto taken = waiting_.take(steady_clock::now());
  while (!taken) {
    if (steady_clock::now() >= until) return std::nullopt;
    ++idle_claimers_;
    waiting_changed_.wait_until(lock, std::min(until, waiting_.next_wake().value_or(until)));
    --idle_claimers_;
    taken = waiting_.take(steady_clock::now());
  }
  Job job = find_locked(taken->id);
  if (!job || !job->request) {
    loading_.insert(taken->id);
    lock.unlock();
    auto loaded = load_for_run(*taken);
    lock.lock();
    loading_.erase(taken->id);
    loaded_.notify_all();
    if (!loaded) {
      log::error("a waiting job cannot be read",
                 {{"job", taken->id}, {"reason", loaded.error().message}});
      waiting_.done(taken->turn, {});
      taken->not_before = steady_clock::now() + kReadAgain;
      waiting_.add(*std::move(taken), steady_clock::now());
      return std::nullopt;
    }
    if (job) {
      job->request = (*loaded)->request;
    } else {
      job = *std::move(loaded);
      keep_locked(job);
    }
  }
  job->turn = taken->turn;
  job->claimed_at = steady_clock::now();
  job->view.state = JobState::running;
  if (taken->attempts >= settings_.queue.max_attempts) {
    // A failed attempt is counted by who made it; these ended with their servers, and the job may
    // be why.
    job->attempt = taken->attempts;
    orphans_.push_back(
        {{job->id, job->attempt, job->request, job->context, job->record, job->view}, false});
    return std::nullopt;
  }
  job->attempt = taken->attempts + 1;
  job->view.started_at = std::chrono::system_clock::now();
  job->view.queued_for = *job->view.started_at - job->view.created_at;
  job->log.append(state_event(JobState::running));
  Claim claim{job->id, job->attempt, job->request, job->context, job->record, job->view};
  lock.unlock();
  if (!taken->next_is_noted) journal_->begin(taken->turn.number, claim.attempt);
  job->watchers->notify(Watched::every_event);
  return claim;
}

LocalStore::Job LocalStore::find_locked(const std::string& id) const {
  const auto found = live_.find(id);
  return found == live_.end() ? nullptr : found->second;
}

Result<LocalStore::Job> LocalStore::running_locked(const std::string& id,
                                                   std::uint32_t attempt) const {
  Job job = find_locked(id);
  if (!job || job->attempt != attempt || job->closing || job->view.state != JobState::running) {
    return fail(Errc::not_found, "this attempt at the job is over");
  }
  return job;
}

Result<void> LocalStore::append(const std::string& id, std::uint32_t attempt, JobEvent event) {
  Job job;
  {
    const std::lock_guard lock{mutex_};
    CEX_TRY(job, running_locked(id, attempt));
    job->log.append(std::move(event));
  }
  job->watchers->notify(Watched::every_event);
  return {};
}

void LocalStore::leave_slot_locked(LiveJob& job) {
  waiting_.done(job.turn, steady_clock::now() - job.claimed_at);
}

void LocalStore::configure(const config::QueueSettings& queue,
                           const config::ResultSettings& results) {
  {
    const std::lock_guard lock{mutex_};
    settings_.queue = queue;
    settings_.results = results;
  }
  // More may run of a tenant or a language than before.
  waiting_changed_.notify_all();
}

std::uint32_t LocalStore::queued() const {
  const std::lock_guard lock{mutex_};
  return static_cast<std::uint32_t>(waiting_.size() + arriving_);
}

std::uint64_t LocalStore::queued_bytes() const {
  const std::lock_guard lock{mutex_};
  return waiting_.bytes() + arriving_bytes_;
}

}  // namespace cex::engine
