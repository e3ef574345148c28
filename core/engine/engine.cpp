// SPDX-License-Identifier: Apache-2.0
#include "core/engine/engine.hpp"

#include "core/base/ids.hpp"
#include "core/base/log.hpp"
#include "core/base/text.hpp"
#include "core/engine/planning.hpp"
#include "core/engine/self_test.hpp"
#include "core/model/json.hpp"

namespace cex::engine {
namespace {

constexpr std::chrono::milliseconds kClaimPatience{200};
constexpr std::chrono::seconds kHousekeeping{1};

}  // namespace

struct Engine::Running {
  std::uint32_t attempt{0};
  supervise::CancelToken token;
  std::atomic<bool> lost{false};  ///< it is another node's now
};

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
      pipeline_{*parts_.live, *parts_.runner, memory_,  layer_source(), preboot_source(),
                cache_,       permits_,       metrics_, spans_},
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

void Engine::work() {
  while (!stopping_ && !no_more_claims_ && !helpless()) {
    auto claim = parts_.store->claim(kClaimPatience);
    if (!claim) continue;
    const auto permit = permits_.take();
    run_job(*std::move(claim));
  }
}

void Engine::run_job(Claim claim) {
  const auto running = std::make_shared<Running>();
  running->attempt = claim.attempt;
  // It may have been accepted by another node.
  claim.view.isolation = parts_.isolation;
  claim.record.isolation = parts_.isolation;
  {
    const std::lock_guard lock{mutex_};
    running_.emplace(claim.id, running);
    if (cancelling_) running->token.cancel();  // it was claimed in the moment of the stop
  }
  running_changed_.notify_all();
  trace_waiting(claim);
  AuditRecord record = claim.record;
  Pipeline::Ended ended = run_claimed(claim, *running, record);
  if (ended.fault == Errc::plugin) metrics_.plugin_failed(ended.view.plugin);
  if (running->token.cancelled() && !no_more_claims_) ended.transient = false;
  const auto over = std::chrono::system_clock::now();
  const Verdict status = ended.view.status.value_or(Verdict::internal_error);
  if (running->lost) {
    abandon(claim, std::move(record));
  } else if (!try_again(claim, ended, record)) {
    conclude(claim, std::move(ended.view), std::move(record));
  }
  trace_cleanup(claim, over, status);
  {
    const std::lock_guard lock{mutex_};
    running_.erase(claim.id);
  }
  running_changed_.notify_all();
}

void Engine::stop_running(const std::string& id, std::uint32_t attempt, StopReason reason) {
  const std::lock_guard lock{mutex_};
  const auto found = running_.find(id);
  if (found == running_.end() || found->second->attempt != attempt) return;
  if (reason == StopReason::lost) found->second->lost = true;
  found->second->token.cancel();
}

// Another node has the job; here it leaves a trace in the audit log, and nothing else.
void Engine::abandon(const Claim& claim, AuditRecord record) {
  record.event = AuditEvent::abandoned;
  record.attempt = claim.attempt;
  record.detail = "the attempt was lost to another node";
  if (auto written = parts_.audit->append(std::move(record)); !written) {
    log::error("audit record lost", {{"job", claim.id}, {"reason", written.error().message}});
  }
  parts_.store->abandon(claim.id, claim.attempt);
}

void Engine::end_orphan(Orphan orphan) {
  JobView view = orphan.claim.view;
  view.finished_at = std::chrono::system_clock::now();
  view.started_at.reset();
  view.queued_for = Nanoseconds{0};
  view.state = orphan.was_cancelled ? JobState::cancelled : JobState::finished;
  view.status = orphan.was_cancelled ? Verdict::cancelled : Verdict::internal_error;
  AuditRecord record = orphan.claim.record;
  record.detail = orphan.was_cancelled ? "cancelled; the node that ran it had died"
                                       : "each node that ran it died";
  if (!orphan.was_cancelled) {
    view.message = "the server could not run this job: each node that tried died while it ran";
  }
  conclude(orphan.claim, std::move(view), std::move(record));
}

// Launchers cannot be started once root was given up, so without the last one this process is done
// for. Where nobody would take up the jobs, it stays to say so.
bool Engine::helpless() const {
  return parts_.pool && parts_.store->durable() && parts_.pool->status().launchers == 0;
}

Pipeline::Ended Engine::run_claimed(const Claim& claim, Running& running, AuditRecord& record) {
  const auto emit = [&](JobEvent event) {
    // A job that was forgotten meanwhile has nobody to tell.
    static_cast<void>(parts_.store->append(claim.id, claim.attempt, std::move(event)));
  };
  Pipeline::Ended ended;
  ended.view = claim.view;
  ended.view.finished_at = std::chrono::system_clock::now();
  std::shared_ptr<supervise::Console> console;
  if (claim.request->interactive) {
    if (claim.attempt > 1) {
      ended.view.state = JobState::cancelled;
      ended.view.status = Verdict::cancelled;
      ended.view.message = "the server was restarted; what was said to the program is lost";
      return ended;
    }
    console = dialogues_.console(claim.id);
  }
  try {
    const auto catalogue = parts_.own->current();
    return pipeline_.run(claim, *catalogue, {running.token, emit, console.get()}, record);
  } catch (const std::exception& error) {
    // The one door of this thread: a bug in one job must not take the others with it.
    log::error("exception in a job", {{"job", claim.id}, {"what", error.what()}});
    ended.view.state = JobState::finished;
    ended.view.status = Verdict::internal_error;
    record.detail = error.what();
  }
  return ended;
}

// A job that the machine failed, not its program, gets another attempt; so does one that the end of
// this server, or of its last launcher, cuts off, from the next.
bool Engine::try_again(const Claim& claim, const Pipeline::Ended& ended, AuditRecord record) {
  if (claim.request->interactive) return false;  // a dialogue cannot be had again
  const bool stopped =
      no_more_claims_ && parts_.store->durable() && ended.view.status == Verdict::cancelled;
  const bool cut_off = stopped || (ended.transient && helpless());
  const bool failed = ended.transient && claim.attempt < parts_.live->now()->queue.max_attempts;
  if (!cut_off && !failed) return false;
  record.event = AuditEvent::abandoned;
  record.attempt = claim.attempt;
  if (cut_off) record.detail = "the server stopped; the job waits for the next";
  if (auto written = parts_.audit->append(std::move(record)); !written) {
    log::error("audit record lost", {{"job", claim.id}, {"reason", written.error().message}});
    return false;
  }
  if (cut_off) return parts_.store->give_back(claim.id, claim.attempt).has_value();
  metrics_.attempt_failed(claim.view.language_id);
  const auto delay =
      parts_.live->now()->queue.retry_delay * (1U << std::min(claim.attempt - 1, 16U));
  log::warning(
      "job failed for a reason of ours, trying again",
      {{"job", claim.id}, {"attempt", std::uint64_t{claim.attempt}}, {"delay_ms", delay.count()}});
  return parts_.store->retry(claim.id, claim.attempt, delay).has_value();
}

void Engine::conclude(const Claim& claim, JobView view, AuditRecord record) {
  record.event = AuditEvent::finished;
  record.attempt = claim.attempt;
  record.verdict = view.status;
  if (auto written = parts_.audit->append(std::move(record)); !written) {
    log::error("audit record lost", {{"job", claim.id}, {"reason", written.error().message}});
    view.status = Verdict::internal_error;
    view.message = "the audit record of this job could not be written";
  }
  log_end(claim, view);
  metrics_.job_ended(view);
  const bool somebody_is_told = view.callback.has_value();
  static_cast<void>(parts_.store->finish(claim.id, claim.attempt, std::move(view)));
  dialogues_.end(claim.id);
  if (somebody_is_told) callback_watchers_->notify();
}

void Engine::log_end(const Claim& claim, const JobView& view) const {
  const auto took = view.finished_at.value_or(view.created_at) - view.created_at;
  log::info("job finished",
            {{"job", claim.id},
             {"request_id", claim.context.request_id},
             {"language", view.language_id},
             {"status", to_string(view.status.value_or(Verdict::internal_error))},
             {"queue_ms", to_ms(view.queued_for)},
             {"duration_ms", to_ms(std::chrono::duration_cast<Nanoseconds>(took))}});
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

Result<std::unique_ptr<Watch>> Engine::watch(const std::string& id, std::function<void()> notify) {
  return parts_.store->watch(id, std::move(notify));
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
  callback_watchers_->notify();
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
  parts_.own->stop();
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
  stop_threads();
  tester_.reset();
  parts_.audit->close();
}

}  // namespace cex::engine
