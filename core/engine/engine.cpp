// SPDX-License-Identifier: Apache-2.0
#include "core/engine/engine.hpp"

#include <cstdint>

#include "core/base/ids.hpp"
#include "core/base/log.hpp"
#include "core/base/text.hpp"
#include "core/engine/planning.hpp"
#include "core/engine/self_test.hpp"
#include "core/model/json.hpp"

namespace cex::engine {
namespace {

constexpr std::chrono::seconds kHousekeeping{1};

}  // namespace

Engine::Engine(EngineParts parts)
    : parts_{std::move(parts)},
      spans_{{.endpoint = parts_.config.traces.endpoint,
              .ca_file = parts_.config.traces.ca_file,
              .resource = {parts_.config.traces.service_name, CEX_VERSION, random_hex(8)},
              .queue = parts_.config.traces.queue}},
      memory_{parts_.memory_bytes},
      warmer_{any_layers(parts_.config)
                  ? std::make_unique<Warmer>(*parts_.own->current(), parts_.config,
                                             *parts_.layer_runner, memory_)
                  : nullptr},
      prebooter_{any_preboots(parts_.config)
                     ? std::make_unique<Prebooter>(*parts_.own, parts_.config, *parts_.runner,
                                                   layer_source())
                     : nullptr},
      cache_{parts_.config.cache.compile_max_bytes},
      permits_{parts_.workers},
      pipeline_{*parts_.live,
                {*parts_.runner, memory_, layer_source(), preboot_source(), metrics_},
                cache_,
                permits_,
                spans_},
      acceptance_{*parts_.live,  parts_.isolation, *parts_.languages, layer_source(),
                  *parts_.audit, *parts_.store,    metrics_},
      dialogues_{parts_.config.interactive.idle} {
  parts_.store->when_to_stop([this](const std::string& id, std::uint32_t attempt,
                                    StopReason reason) { stop_running(id, attempt, reason); });
  expect_languages();
  for (std::uint32_t i = 0; i < parts_.workers; ++i) threads_.emplace_back([this] { work(); });
  threads_.emplace_back([this] { keep_house(); });
  parts_.own->watch([this] { languages_changed(); });
  if (!parts_.pool) return;
  tester_ = std::make_unique<SelfTester>(
      [this] {
        return run_self_test(*parts_.test_runner, parts_.cgroups, parts_.isolation.own_ids);
      },
      parts_.config.sandbox.self_test_interval, parts_.self_test_remark,
      std::chrono::steady_clock::now());
}

void Engine::expect_languages() {
  const auto catalogue = parts_.own->current();
  for (const auto& offer : catalogue->offers()) metrics_.expect_language(offer.language->id);
  const auto plugins = catalogue->plugins();
  for (const auto& plugin : plugins) metrics_.expect_plugin(plugin.id);
  metrics_.show_plugins(plugins);
}

void Engine::languages_changed() {
  expect_languages();
  if (warmer_) warmer_->languages_changed(*parts_.own->current());
  if (prebooter_) prebooter_->languages_changed();
}

LayerSource& Engine::layer_source() {
  if (warmer_) return *warmer_;
  return no_layers_;
}

PrebootSource& Engine::preboot_source() {
  if (prebooter_) return *prebooter_;
  return no_preboots_;
}

Engine::~Engine() {
  if (!draining_) drain(std::chrono::milliseconds{0});
  parts_.store.reset();  // its threads call what is destroyed after this
}

Result<Submitted> Engine::submit(Submission submission) {
  if (draining_) return fail(Errc::not_ready, "the server is shutting down");
  return acceptance_.submit(std::move(submission));
}

// Launchers cannot be started once root was given up, so without the last one this process is done
// for. Where nobody would take up the jobs, it stays to say so.
bool Engine::helpless() const {
  return parts_.pool && parts_.store->durable() && parts_.pool->status().launchers == 0;
}

Result<std::string> Engine::owner(const std::string& id) const {
  return parts_.store->owner(id);
}

Result<JobView> Engine::get(const std::string& id) const {
  return parts_.store->get(id);
}

Result<JobPage> Engine::list(const JobFilter& filter) const {
  return parts_.store->list(filter);
}

Result<EventPage> Engine::events(const std::string& id, std::uint64_t after) const {
  return parts_.store->events(id, after);
}

Result<std::unique_ptr<Watch>> Engine::watch(const std::string& id, Watched what,
                                             std::function<void()> notify) {
  return parts_.store->watch(id, what, std::move(notify));
}

Result<std::unique_ptr<Dialogue>> Engine::converse(const std::string& id,
                                                   std::function<void()> notify) {
  CEX_TRY(JobView view, parts_.store->get(id));
  if (!view.interactive) {
    return fail(Errc::invalid_request,
                "the job is not interactive: its request says so with `interactive`");
  }
  auto dialogue = dialogues_.join(id, *view.interactive, std::move(notify));
  // Had it ended before we joined, nobody would end this dialogue.
  const auto now = parts_.store->get(id);
  if (!now || now->finished_at) dialogues_.end(id);
  return dialogue;
}

Result<bool> Engine::cancel_waiting(const std::string& id, std::optional<std::string> message) {
  CEX_TRY(auto record, parts_.store->cancel_queued(id, message));
  if (!record) return false;
  dialogues_.end(id);
  callback_watchers_->notify(Watched::every_event);
  record->event = AuditEvent::finished;
  record->verdict = Verdict::cancelled;
  if (message) record->detail = *std::move(message);
  CEX_CHECK(parts_.audit->append(*std::move(record)));
  return true;
}

// A job whose attempt fails in this very moment goes back to the queue, so once is not enough.
Result<void> Engine::cancel(const std::string& id) {
  while (true) {
    CEX_TRY(const bool was_waiting, cancel_waiting(id, std::nullopt));
    if (was_waiting) return {};
    CEX_TRY(const JobView view, parts_.store->get(id));
    if (view.finished_at) return {};
    CEX_TRY(const bool elsewhere, parts_.store->cancel_elsewhere(id));
    if (!elsewhere) cancel_running(id);
  }
}

void Engine::cancel_running(const std::string& id) {
  constexpr std::chrono::seconds kPatience{1};
  std::unique_lock lock{mutex_};
  // Between leaving the queue and entering running_ a job is for a moment in neither.
  if (!running_changed_.wait_for(lock, kPatience, [&] { return running_.count(id) != 0; })) return;
  const auto running = running_.find(id)->second;
  running->token.cancel();
  running_changed_.wait(lock, [&] {
    const auto found = running_.find(id);
    return found == running_.end() || found->second != running;
  });
}

Result<void> Engine::forget(const std::string& id) {
  CEX_CHECK(cancel(id));
  return parts_.store->forget(id);
}

std::vector<LanguageInfo> Engine::languages() const {
  auto languages = parts_.languages->current()->languages(*parts_.live->now());
  for (LanguageInfo& language : languages) {
    if (warmer_) language.layers = warmer_->layers(language.id);
    if (prebooter_) language.preboots = prebooter_->preboots(language.id);
  }
  return languages;
}

std::vector<PluginInfo> Engine::plugins() const {
  return parts_.own->current()->plugins();
}

Result<std::string> Engine::explain(const JobRequest& request) {
  const auto config = parts_.live->now();
  const auto catalogue = parts_.own->current();
  CEX_TRY(Admitted admitted, admit(request, {}, *catalogue, *config));
  admitted.layers = layer_source().ready(admitted.choice);
  CEX_TRY(const auto plans, plan_all(request, admitted, *config, admitted.runs.size()));
  return to_json_text(plans);
}

void Engine::when_helpless(std::function<void()> notify) {
  const std::lock_guard lock{mutex_};
  when_helpless_ = std::move(notify);
}

void Engine::tell_if_helpless() {
  if (!helpless()) return;
  std::function<void()> notify;
  {
    const std::lock_guard lock{mutex_};
    notify = std::exchange(when_helpless_, nullptr);
  }
  if (notify) notify();
}

void Engine::keep_house() {
  std::unique_lock lock{mutex_};
  while (!stopping_) {
    house_changed_.wait_for(lock, kHousekeeping, [this] { return stopping_.load(); });
    lock.unlock();
    const auto now = std::chrono::system_clock::now();
    for (const auto& id : parts_.store->overdue(now)) {
      static_cast<void>(cancel_waiting(id, "it waited longer than it may, and was not begun"));
    }
    for (auto& orphan : parts_.store->orphans()) end_orphan(std::move(orphan));
    parts_.store->reap(now);
    parts_.languages->refresh();
    log_audit_head();
    tell_if_helpless();
    lock.lock();
  }
}

void Engine::cancel_running() {
  std::unique_lock lock{mutex_};
  cancelling_ = true;
  for (const auto& [id, running] : running_) running->token.cancel();
  running_changed_.wait(lock, [this] { return running_.empty(); });
}

void Engine::stop_threads() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  house_changed_.notify_all();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

void Engine::cancel_all_waiting() {
  JobFilter waiting;
  waiting.state = JobState::queued;
  while (true) {
    const auto page = parts_.store->list(waiting);
    if (!page || page->jobs.empty()) return;
    for (const auto& job : page->jobs) {
      if (!cancel_waiting(job.id, "the server stopped")) return;
    }
  }
}

void Engine::reconfigure(const config::Config& config) {
  parts_.live->replace(config);
  parts_.store->configure(config.queue, config.results);
}

void Engine::hurry() {
  {
    const std::lock_guard lock{mutex_};
    hurried_ = true;
  }
  running_changed_.notify_all();
}

void Engine::drain(std::chrono::milliseconds grace) {
  draining_ = true;
  parts_.own->halt();
  const bool others_will = parts_.store->durable();
  no_more_claims_ = others_will;
  {
    std::unique_lock lock{mutex_};
    running_changed_.wait_for(lock, grace, [&] {
      return hurried_ || (running_.empty() && (others_will || parts_.store->queued() == 0));
    });
  }
  no_more_claims_ = true;
  if (!others_will) cancel_all_waiting();
  cancel_running();
  parts_.own->stop();  // now that there are slots, for which it may have waited
  stop_threads();
  tester_.reset();
  parts_.audit->close();
}

}  // namespace cex::engine
