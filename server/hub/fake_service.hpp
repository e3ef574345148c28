// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.hpp"
#include "core/engine/service.hpp"

namespace cex::hub {

/// A service for the unit tests of the server: jobs do what the test says, nothing runs.
class FakeService : public engine::Service {
 public:
  Result<engine::Submitted> submit(engine::Submission submission) override {
    const std::lock_guard lock{mutex_};
    engine::Submitted submitted;
    for (const JobRequest& request : submission.jobs) {
      JobView view;
      view.id = random_hex(16);
      view.tenant = submission.context.tenant;
      view.language_id = request.language;
      view.created_at = std::chrono::system_clock::now();
      view.trace_id = submission.context.trace_id;
      view.isolation = isolation();
      jobs_[view.id].view = view;
      submitted.ids.push_back(view.id);
    }
    return submitted;
  }

  Result<std::string> owner(const std::string& id) const override {
    CEX_TRY(const JobView view, get(id));
    return view.tenant;
  }

  /// Appends an event; kinds other than `result` change nothing else.
  void emit(const std::string& id, JobEvent event) {
    {
      const std::lock_guard lock{mutex_};
      Job& job = jobs_.at(id);
      event.sequence = job.events.size() + 1;
      if (event.kind == JobEvent::Kind::result) {
        job.view.state = event.state;
        job.view.status = event.state == JobState::cancelled ? Verdict::cancelled : Verdict::ok;
        job.finished = true;
      }
      job.events.push_back(std::move(event));
    }
    nudge(id);
  }
  void print(const std::string& id, std::string text) {
    JobEvent event;
    event.kind = JobEvent::Kind::out;
    event.bytes = std::move(text);
    emit(id, std::move(event));
  }
  void finish(const std::string& id, JobState state = JobState::finished) {
    JobEvent event;
    event.kind = JobEvent::Kind::result;
    event.state = state;
    emit(id, std::move(event));
  }

  /// Notifies the job's watchers of nothing in particular.
  void nudge(const std::string& id) {
    std::vector<std::function<void()>> calls;
    {
      const std::lock_guard lock{mutex_};
      for (const auto& [key, notify] : watchers_) {
        if (key.first == id) calls.push_back(notify);
      }
    }
    for (const auto& call : calls) call();
  }

  Result<JobView> get(const std::string& id) const override {
    const std::lock_guard lock{mutex_};
    const auto found = jobs_.find(id);
    if (found == jobs_.end()) return fail(Errc::not_found, "no such job");
    return found->second.view;
  }
  Result<JobPage> list(const JobFilter& filter) const override {
    const std::lock_guard lock{mutex_};
    JobPage page;
    for (const auto& [id, job] : jobs_) {
      if (page.jobs.size() == filter.limit) page.next_cursor = id;
      if (page.jobs.size() < filter.limit) page.jobs.push_back(job.view);
    }
    return page;
  }
  Result<void> cancel(const std::string& id) override {
    if (auto job = get(id); !job) return tl::unexpected(job.error());
    finish(id, JobState::cancelled);
    ++cancels;
    return {};
  }
  Result<void> forget(const std::string& id) override {
    const std::lock_guard lock{mutex_};
    if (jobs_.erase(id) == 0) return fail(Errc::not_found, "no such job");
    return {};
  }
  Result<engine::EventPage> events(const std::string& id, std::uint64_t after) const override {
    const std::lock_guard lock{mutex_};
    const auto found = jobs_.find(id);
    if (found == jobs_.end()) return fail(Errc::not_found, "no such job");
    constexpr std::size_t kPage = 10;
    engine::EventPage page;
    const auto& all = found->second.events;
    for (std::size_t i = after; i < all.size() && page.events.size() < kPage; ++i) {
      page.events.push_back(all[i]);
    }
    page.finished = found->second.finished && after + page.events.size() >= all.size();
    return page;
  }
  telemetry::Exporter& spans() override { return spans_; }
  Result<AuditPage> audit(const AuditQuery&) const override { return AuditPage{}; }
  Result<std::optional<Callback>> next_callback(WallTime, const CallbackBusy&) override {
    return std::nullopt;
  }
  Result<void> callback_done(const std::string&) override { return {}; }
  Result<void> callback_again(const std::string&, std::uint32_t, WallTime) override { return {}; }
  std::unique_ptr<engine::Watch> watch_callbacks(std::function<void()>) override { return nullptr; }
  Result<std::unique_ptr<engine::Watch>> watch(const std::string& id, engine::Watched,
                                               std::function<void()> notify) override {
    if (auto job = get(id); !job) return tl::unexpected(job.error());
    const std::lock_guard lock{mutex_};
    const auto key = std::pair{id, ++last_watch_};
    watchers_[key] = std::move(notify);
    return std::make_unique<FakeWatch>(*this, key);
  }

  /// What clients wrote, said and asked for.
  struct Heard {
    std::string input;
    bool ended{false};
    std::vector<int> signals;
    std::optional<WindowSize> window;
    std::size_t room{SIZE_MAX};  ///< bytes that will still be taken
    std::function<void()> notify;
  };
  Result<std::unique_ptr<engine::Dialogue>> converse(const std::string& id,
                                                     std::function<void()> notify) override {
    if (auto job = get(id); !job) return tl::unexpected(job.error());
    const std::lock_guard lock{mutex_};
    heard_[id].notify = std::move(notify);
    return std::make_unique<FakeDialogue>(*this, id);
  }
  [[nodiscard]] Heard heard(const std::string& id) {
    const std::lock_guard lock{mutex_};
    return heard_[id];
  }
  /// Lets the next `room` bytes in and says so.
  void make_room(const std::string& id, std::size_t room) {
    std::function<void()> notify;
    {
      const std::lock_guard lock{mutex_};
      heard_[id].room = room;
      notify = heard_[id].notify;
    }
    if (notify) notify();
  }

  std::vector<LanguageInfo> languages() const override { return {}; }
  std::vector<PluginInfo> plugins() const override { return {}; }
  std::vector<HealthCheck> readiness() override { return {{"fake", {}, "always ready", {}}}; }
  engine::EngineStatus status() const override { return {}; }
  Isolation isolation() const override { return {"rootless", "none", true}; }
  Result<std::string> explain(const JobRequest& /*request*/) override { return "[]"; }
  void when_helpless(std::function<void()> /*notify*/) override {}
  void look_for_languages() override {}
  void reconfigure(const config::Config& /*config*/) override {}
  void drain(std::chrono::milliseconds /*grace*/) override {}
  void hurry() override {}
  metrics::Metrics& metrics() override { return metrics_; }

  std::atomic<int> cancels{0};

 private:
  using WatchKey = std::pair<std::string, int>;
  struct Job {
    JobView view;
    std::vector<JobEvent> events;
    bool finished{false};
  };
  struct FakeWatch : engine::Watch {
    FakeWatch(FakeService& owner, WatchKey which) : service{owner}, key{std::move(which)} {}
    ~FakeWatch() override {
      const std::lock_guard lock{service.mutex_};
      service.watchers_.erase(key);
    }
    FakeService& service;
    WatchKey key;
  };

  struct FakeDialogue : engine::Dialogue {
    FakeDialogue(FakeService& owner, std::string job) : service{owner}, id{std::move(job)} {}
    std::size_t write(std::string_view bytes) override {
      const std::lock_guard lock{service.mutex_};
      Heard& heard = service.heard_[id];
      const std::size_t taken = std::min(heard.room, bytes.size());
      heard.input += bytes.substr(0, taken);
      heard.room -= heard.room == SIZE_MAX ? 0 : taken;
      return taken;
    }
    void end_input() override {
      const std::lock_guard lock{service.mutex_};
      service.heard_[id].ended = true;
    }
    bool signal(int number) override {
      const std::lock_guard lock{service.mutex_};
      service.heard_[id].signals.push_back(number);
      return true;
    }
    bool resize(WindowSize size) override {
      const std::lock_guard lock{service.mutex_};
      service.heard_[id].window = size;
      return true;
    }
    FakeService& service;
    std::string id;
  };

  metrics::Metrics metrics_;
  mutable std::mutex mutex_;
  std::map<std::string, Heard> heard_;
  std::map<std::string, Job> jobs_;
  std::map<WatchKey, std::function<void()>> watchers_;
  int last_watch_{0};
  telemetry::Exporter spans_{{}};
};

}  // namespace cex::hub
