// SPDX-License-Identifier: Apache-2.0
#include "core/engine/live_job.hpp"

#include <utility>

namespace cex::engine {
namespace {

class Subscription final : public Watch {
 public:
  explicit Subscription(std::function<void()> drop) : drop_{std::move(drop)} {}
  ~Subscription() override { drop_(); }
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;

 private:
  std::function<void()> drop_;
};

}  // namespace

void Watchers::notify(Watched news) {
  const std::lock_guard lock{mutex_};
  for (const auto& [key, watcher] : watchers_) {
    if (news == Watched::end || watcher.what == Watched::every_event) watcher.callback();
  }
}

std::unique_ptr<Watch> Watchers::add(Watched what, std::function<void()> callback) {
  std::uint64_t key = 0;
  {
    const std::lock_guard lock{mutex_};
    key = next_++;
    callback();  // every job has its first event from the beginning
    watchers_.emplace(key, Watcher{what, std::move(callback)});
  }
  return std::make_unique<Subscription>([self = shared_from_this(), key] {
    const std::lock_guard lock{self->mutex_};
    self->watchers_.erase(key);
  });
}

bool Watchers::empty() {
  const std::lock_guard lock{mutex_};
  return watchers_.empty();
}

bool has_ended(const JobView& view) noexcept {
  return view.state == JobState::finished || view.state == JobState::cancelled;
}

JobEvent state_event(JobState state) {
  JobEvent event;
  event.kind = JobEvent::Kind::state;
  event.state = state;
  return event;
}

void close_log(EventLog& log, const JobView& view) {
  log.append(state_event(view.state));
  JobEvent result;
  result.kind = JobEvent::Kind::result;
  log.append(std::move(result));
}

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

}  // namespace cex::engine
