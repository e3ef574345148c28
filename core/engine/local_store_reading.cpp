// SPDX-License-Identifier: Apache-2.0
// How the store answers for jobs that are in memory and for those that are in the journal alone.
#include <cstdint>
#include <utility>

#include "core/engine/local_store.hpp"

namespace cex::engine {
namespace {

// An attempt that a dying server left behind may have shown events; those of the next begin above
// any number it can have come to.
constexpr std::uint64_t kEventsOfAttempt = std::uint64_t{1} << 20U;
tl::unexpected<Error> no_such_job() {
  return fail(Errc::not_found, "there is no such job, or its result has expired");
}

}  // namespace

Result<LocalStore::Job> LocalStore::load(const std::string& id) const {
  CEX_TRY(auto stored, journal_->load(id));
  if (!stored) return no_such_job();
  auto job = std::make_shared<LiveJob>();
  job->id = id;
  job->turn.number = stored->number;
  job->attempt = stored->attempts;
  job->context = std::move(stored->head.context);
  job->record = std::move(stored->head.record);
  job->ttl = stored->head.ttl;
  job->bytes = kBytesOfJob;
  if (stored->view) {
    job->view = *std::move(stored->view);
    job->log = EventLog::restore(std::move(stored->events));
  } else {
    job->view = std::move(stored->head.view);
    job->log = EventLog{stored->attempts * kEventsOfAttempt};
    job->log.append(state_event(JobState::queued));
  }
  return job;
}

Result<LocalStore::Job> LocalStore::load_for_run(const WaitingJob& waiting) {
  CEX_TRY(Job job, load(waiting.id));
  CEX_TRY(const std::string bytes, journal_->load_request(waiting.turn.number));
  CEX_TRY(JobRequest request, storage::decode_request(bytes));
  job->request = std::make_shared<const JobRequest>(std::move(request));
  job->bytes += bytes.size();
  return job;
}

Result<std::string> LocalStore::owner(const std::string& id) const {
  {
    const std::lock_guard lock{mutex_};
    if (const Job job = find_locked(id)) return job->view.tenant;
  }
  CEX_TRY(auto tenant, journal_->owner(id));
  if (!tenant) return no_such_job();
  return *std::move(tenant);
}

Result<JobView> LocalStore::get(const std::string& id) const {
  {
    const std::lock_guard lock{mutex_};
    if (const Job job = find_locked(id)) return job->view;
  }
  CEX_TRY(const Job job, load(id));
  return std::move(job->view);
}

Result<JobPage> LocalStore::list(const JobFilter& filter) const {
  CEX_TRY(JobPage page, journal_->list(filter));
  const std::lock_guard lock{mutex_};
  for (JobView& view : page.jobs) {
    if (const Job job = find_locked(view.id)) view = job->view;
  }
  return page;
}

Result<EventPage> LocalStore::events(const std::string& id, std::uint64_t after) const {
  {
    const std::lock_guard lock{mutex_};
    if (const Job job = find_locked(id)) return job->log.read(after);
  }
  CEX_TRY(const Job job, load(id));
  return job->log.read(after);
}

Result<std::unique_ptr<Watch>> LocalStore::watch(const std::string& id, Watched what,
                                                 std::function<void()> notify) {
  Job job;
  {
    std::unique_lock lock{mutex_};
    loaded_.wait(lock, [&] { return loading_.count(id) == 0; });
    job = find_locked(id);
  }
  if (!job) {
    CEX_TRY(Job stored, load(id));
    std::unique_lock lock{mutex_};
    loaded_.wait(lock, [&] { return loading_.count(id) == 0; });
    job = find_locked(id);
    if (!job) {
      job = std::move(stored);
      if (waiting_.contains(job->turn.number)) keep_locked(job);
    }
  }
  return job->watchers->add(what, std::move(notify));
}

// The journal knows of an end before get() does; nobody is to be told the state before it.
Result<std::optional<Callback>> LocalStore::next_callback(WallTime now, const CallbackBusy& busy) {
  CallbackBusy all = busy;
  {
    const std::lock_guard lock{mutex_};
    all.jobs.insert(all.jobs.end(), concluding_.begin(), concluding_.end());
  }
  return journal_->next_callback(now, all);
}

HealthCheck LocalStore::check() const {
  return {"queue", HealthCheck::State::ok, std::to_string(queued()) + " waiting", {}};
}

}  // namespace cex::engine
