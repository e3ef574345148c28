// SPDX-License-Identifier: Apache-2.0
#include "core/engine/memory_store.hpp"

#include <algorithm>
#include <vector>

#include "core/base/text.hpp"

namespace cex::engine {

// Own lock, so that a notification may run while the store is used, and a Watch's destructor waits
// for a notification that is running.
struct MemoryStore::Watchers {
  std::mutex mutex;
  std::map<std::uint64_t, std::function<void()>> callbacks;
  std::uint64_t next{1};

  void notify() {
    const std::lock_guard lock{mutex};
    for (const auto& [key, callback] : callbacks) callback();
  }
};

struct MemoryStore::Record {
  std::string id;
  std::uint64_t number{0};
  std::uint64_t request_bytes{0};
  std::uint64_t result_bytes{0};
  std::uint32_t attempt{0};
  std::shared_ptr<const JobRequest> request;
  RequestContext context;
  AuditRecord record;
  JobView view;
  EventLog log;
  std::chrono::seconds ttl{0};
  std::optional<std::chrono::steady_clock::time_point> expires_at;
  std::shared_ptr<Watchers> watchers{std::make_shared<Watchers>()};
};

namespace {

std::uint64_t size_of(const JobRequest& request) {
  std::uint64_t bytes = 1024 + request.stdin_bytes.size();
  if (request.source) bytes += request.source->size();
  for (const auto& file : request.files) bytes += file.path.size() + file.content->size();
  for (const auto& test : request.tests) {
    bytes += 256 + (test.stdin_bytes ? test.stdin_bytes->size() : 0) +
             (test.expected_stdout ? test.expected_stdout->size() : 0);
  }
  return bytes;
}

std::uint64_t size_of(const JobView& view) {
  std::uint64_t bytes = 1024;
  const auto add = [&bytes](const StepReport& step) {
    bytes += 512 + step.out.bytes.size() + step.err.bytes.size() + step.diagnostics.size() * 256;
  };
  if (view.compile) add(*view.compile);
  for (const auto& run : view.runs) add(run);
  for (const auto& file : view.artifacts) bytes += file.content->size();
  return bytes;
}

bool has_label(const JobView& view, const std::string& wanted) {
  const auto equals = wanted.find('=');
  return std::any_of(view.labels.begin(), view.labels.end(), [&](const auto& label) {
    return equals == std::string::npos ? label.first == wanted
                                       : label.first + "=" + label.second == wanted;
  });
}

bool passes(const JobView& view, const JobFilter& filter) {
  return (!filter.state || view.state == *filter.state) &&
         (!filter.status || view.status == filter.status) &&
         (filter.language.empty() || view.language_id == filter.language) &&
         (filter.label.empty() || has_label(view, filter.label));
}

bool has_ended(const JobView& view) {
  return view.state == JobState::finished || view.state == JobState::cancelled;
}

JobEvent state_event(JobState state) {
  JobEvent event;
  event.kind = JobEvent::Kind::state;
  event.state = state;
  return event;
}

class StoreWatch final : public Watch {
 public:
  explicit StoreWatch(std::function<void()> drop) : drop_{std::move(drop)} {}
  ~StoreWatch() override { drop_(); }
  StoreWatch(const StoreWatch&) = delete;
  StoreWatch& operator=(const StoreWatch&) = delete;

 private:
  std::function<void()> drop_;
};

}  // namespace

MemoryStore::MemoryStore(const config::QueueSettings& queue, const config::ResultSettings& results)
    : queue_settings_{queue}, result_settings_{results} {}

Result<void> MemoryStore::enqueue(NewJob job) {
  auto record = std::make_shared<Record>();
  record->id = job.view.id;
  record->request_bytes = size_of(job.request);
  record->request = std::make_shared<const JobRequest>(std::move(job.request));
  record->context = std::move(job.context);
  record->record = std::move(job.record);
  record->view = std::move(job.view);
  record->ttl = job.ttl;
  record->log.append(state_event(JobState::queued));
  {
    const std::lock_guard lock{mutex_};
    if (waiting_.size() >= queue_settings_.max_jobs ||
        waiting_bytes_ + record->request_bytes > queue_settings_.max_bytes) {
      return fail(Errc::queue_full, "the queue is full; try again later");
    }
    record->number = next_number_++;
    waiting_bytes_ += record->request_bytes;
    waiting_.emplace(record->number, record);
    by_age_.emplace(record->number, record);
    records_.emplace(record->id, std::move(record));
  }
  waiting_changed_.notify_one();
  return {};
}

std::optional<Claim> MemoryStore::claim(std::chrono::milliseconds patience) {
  std::shared_ptr<Watchers> watchers;
  Claim claim;
  {
    std::unique_lock lock{mutex_};
    if (!waiting_changed_.wait_for(lock, patience, [this] { return !waiting_.empty(); })) {
      return std::nullopt;
    }
    const std::shared_ptr<Record> record = waiting_.extract(waiting_.begin()).mapped();
    waiting_bytes_ -= record->request_bytes;
    ++record->attempt;
    record->view.state = JobState::running;
    record->view.started_at = std::chrono::system_clock::now();
    record->view.queued_for = *record->view.started_at - record->view.created_at;
    record->log.append(state_event(JobState::running));
    claim = {record->id,      record->attempt, record->request,
             record->context, record->record,  record->view};
    watchers = record->watchers;
  }
  watchers->notify();
  return claim;
}

Result<std::shared_ptr<MemoryStore::Record>> MemoryStore::find(const std::string& id) const {
  const auto found = records_.find(id);
  if (found == records_.end()) {
    return fail(Errc::not_found, "there is no such job, or its result has expired");
  }
  return found->second;
}

Result<std::shared_ptr<MemoryStore::Record>> MemoryStore::find(const std::string& id,
                                                               std::uint32_t attempt) const {
  CEX_TRY(auto record, find(id));
  if (record->attempt != attempt || has_ended(record->view)) {
    return fail(Errc::not_found, "this attempt at the job is over");
  }
  return record;
}

Result<void> MemoryStore::append(const std::string& id, std::uint32_t attempt, JobEvent event) {
  std::shared_ptr<Watchers> watchers;
  {
    const std::lock_guard lock{mutex_};
    CEX_TRY(const auto record, find(id, attempt));
    record->log.append(std::move(event));
    watchers = record->watchers;
  }
  watchers->notify();
  return {};
}

void MemoryStore::conclude(Record& record, JobView view) {
  record.view = std::move(view);
  record.log.append(state_event(record.view.state));
  JobEvent result;
  result.kind = JobEvent::Kind::result;
  record.log.append(std::move(result));
  record.request.reset();  // sources and input are not kept beyond the job
  record.result_bytes = size_of(record.view) + record.log.bytes();
  result_bytes_ += record.result_bytes;
  record.expires_at = std::chrono::steady_clock::now() + record.ttl;
}

Result<void> MemoryStore::finish(const std::string& id, std::uint32_t attempt, JobView view) {
  std::shared_ptr<Watchers> watchers;
  {
    const std::lock_guard lock{mutex_};
    CEX_TRY(const auto record, find(id, attempt));
    conclude(*record, std::move(view));
    watchers = record->watchers;
  }
  watchers->notify();
  return {};
}

Result<JobView> MemoryStore::get(const std::string& id) const {
  const std::lock_guard lock{mutex_};
  CEX_TRY(const auto record, find(id));
  return record->view;
}

Result<JobPage> MemoryStore::list(const JobFilter& filter) const {
  std::uint64_t before = UINT64_MAX;
  if (!filter.cursor.empty()) {
    const auto number = parse_u64(filter.cursor);
    if (!number) return fail(Errc::invalid_request, "cursor: not one of this server's");
    before = *number;
  }
  const std::lock_guard lock{mutex_};
  JobPage page;
  std::uint64_t last = 0;
  for (auto at = std::make_reverse_iterator(by_age_.lower_bound(before)); at != by_age_.rend();
       ++at) {
    if (!passes(at->second->view, filter)) continue;
    if (page.jobs.size() == filter.limit) {
      page.next_cursor = std::to_string(last);
      break;
    }
    page.jobs.push_back(at->second->view);
    last = at->first;
  }
  return page;
}

Result<EventPage> MemoryStore::events(const std::string& id, std::uint64_t after) const {
  const std::lock_guard lock{mutex_};
  CEX_TRY(const auto record, find(id));
  return record->log.read(after);
}

Result<std::unique_ptr<Watch>> MemoryStore::watch(const std::string& id,
                                                  std::function<void()> notify) {
  std::shared_ptr<Watchers> watchers;
  {
    const std::lock_guard lock{mutex_};
    CEX_TRY(const auto record, find(id));
    watchers = record->watchers;
  }
  std::uint64_t key = 0;
  {
    const std::lock_guard lock{watchers->mutex};
    key = watchers->next++;
    notify();  // every job has its first event from the beginning
    watchers->callbacks.emplace(key, std::move(notify));
  }
  return std::make_unique<StoreWatch>([watchers, key] {
    const std::lock_guard lock{watchers->mutex};
    watchers->callbacks.erase(key);
  });
}

Result<bool> MemoryStore::cancel_queued(const std::string& id) {
  std::shared_ptr<Watchers> watchers;
  {
    const std::lock_guard lock{mutex_};
    CEX_TRY(const auto record, find(id));
    if (waiting_.erase(record->number) == 0) return false;
    waiting_bytes_ -= record->request_bytes;
    JobView view = record->view;
    view.state = JobState::cancelled;
    view.status = Verdict::cancelled;
    view.finished_at = std::chrono::system_clock::now();
    view.queued_for = *view.finished_at - view.created_at;
    conclude(*record, std::move(view));
    watchers = record->watchers;
  }
  watchers->notify();
  return true;
}

void MemoryStore::drop(const std::shared_ptr<Record>& record) {
  result_bytes_ -= record->result_bytes;
  by_age_.erase(record->number);
  records_.erase(record->id);
}

Result<void> MemoryStore::forget(const std::string& id) {
  std::shared_ptr<Watchers> watchers;
  {
    const std::lock_guard lock{mutex_};
    CEX_TRY(const auto record, find(id));
    if (!has_ended(record->view))
      return fail(Errc::internal, "a job that runs cannot be forgotten");
    watchers = record->watchers;
    drop(record);
  }
  watchers->notify();  // whoever watches learns that it is gone
  return {};
}

void MemoryStore::reap(std::chrono::steady_clock::time_point now) {
  const std::lock_guard lock{mutex_};
  std::vector<std::shared_ptr<Record>> ended;
  for (const auto& [number, record] : by_age_) {
    if (record->expires_at) ended.push_back(record);
  }
  std::size_t left = ended.size();
  for (const auto& record : ended) {
    const bool over =
        left > result_settings_.max_jobs || result_bytes_ > result_settings_.max_bytes;
    if (!over && *record->expires_at > now) continue;
    drop(record);
    --left;
  }
}

std::uint32_t MemoryStore::queued() const {
  const std::lock_guard lock{mutex_};
  return static_cast<std::uint32_t>(waiting_.size());
}

}  // namespace cex::engine
