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
  supervise::CancelToken token;
};

Engine::Engine(EngineParts parts)
    : parts_{std::move(parts)},
      memory_{parts_.memory_bytes},
      warmer_{any_layers(parts_.config) ? std::make_unique<Warmer>(parts_.catalogue, parts_.config,
                                                                   *parts_.layer_runner, memory_)
                                        : nullptr},
      prebooter_{any_preboots(parts_.config)
                     ? std::make_unique<Prebooter>(parts_.catalogue, parts_.config, *parts_.runner,
                                                   layer_source())
                     : nullptr},
      cache_{parts_.config.cache.compile_max_bytes},
      permits_{parts_.workers},
      pipeline_{parts_.config,    *parts_.runner, memory_, layer_source(),
                preboot_source(), cache_,         permits_} {
  for (std::uint32_t i = 0; i < parts_.workers; ++i) threads_.emplace_back([this] { work(); });
  threads_.emplace_back([this] { keep_house(); });
  tester_ = std::make_unique<SelfTester>(
      [this] {
        return run_self_test(*parts_.test_runner, parts_.cgroups, parts_.isolation.own_ids);
      },
      parts_.config.sandbox.self_test_interval, parts_.self_test_remark,
      std::chrono::steady_clock::now());
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
}

AuditRecord Engine::base_record(const std::string& id, const JobRequest& request,
                                const RequestContext& context, const Choice& choice) const {
  AuditRecord record;
  record.job = id;
  record.tenant = context.tenant;
  record.request_id = context.request_id;
  record.peer = context.peer;
  record.trace_id = context.trace_id;
  record.language = choice.language->id;
  record.toolchain = choice.toolchain->id;
  record.toolchain_version = choice.toolchain->version;
  record.plugin = choice.plugin->info.id;
  record.plugin_version = choice.plugin->info.version;
  record.plugin_sha256 = choice.plugin->info.sha256;
  record.labels = request.labels;
  record.isolation = parts_.isolation;
  if (request.source) {
    record.sources.push_back({choice.language->default_file, sha256_hex(*request.source)});
  }
  for (const auto& file : request.files) {
    record.sources.push_back({file.path, sha256_hex(*file.content)});
  }
  return record;
}

Result<std::string> Engine::submit(JobRequest request, RequestContext context) {
  if (draining_) return fail(Errc::not_ready, "the server is shutting down");
  CEX_TRY(Admitted admitted, admit(request, *parts_.catalogue, parts_.config));
  admitted.layers = layer_source().ready(admitted.choice);
  // Planning is pure, so what a plugin finds impossible is told now instead of by a failed job.
  const auto plans = plan_all(request, admitted, parts_.config, 1);
  if (!plans && plans.error().code == Errc::invalid_request) {
    return tl::unexpected(plans.error());
  }

  NewJob job;
  JobView& view = job.view;
  view.id = random_hex(16);
  view.language_id = admitted.choice.language->id;
  view.language_name = admitted.choice.language->name;
  view.version = admitted.choice.toolchain->version;
  view.plugin = admitted.choice.plugin->info.id;
  view.plugin_version = admitted.choice.plugin->info.version;
  view.created_at = std::chrono::system_clock::now();
  view.labels = request.labels;
  view.trace_id = context.trace_id;
  view.isolation = parts_.isolation;
  view.compiled = admitted.choice.language->compiled;
  job.ttl = request.ttl_s ? std::chrono::seconds{*request.ttl_s} : parts_.config.results.ttl;

  // Without a record there is no job: an operator must be able to tell what ran.
  AuditRecord record = base_record(view.id, request, context, admitted.choice);
  record.event = AuditEvent::accepted;
  record.compile_limits = admitted.compile_limits;
  record.run_limits = admitted.runs.front().limits;
  for (const auto& destination : admitted.network) {
    record.network_granted.push_back(to_string(destination));
  }
  CEX_CHECK(parts_.audit->append(record));

  std::string id = view.id;
  job.record = record;
  job.request = std::move(request);
  job.context = std::move(context);
  if (auto queued = parts_.store->enqueue(std::move(job)); !queued) {
    record.event = AuditEvent::abandoned;
    record.detail = queued.error().message;
    CEX_CHECK(parts_.audit->append(std::move(record)));
    return tl::unexpected(queued.error());
  }
  return id;
}

void Engine::work() {
  while (!stopping_) {
    auto claim = parts_.store->claim(kClaimPatience);
    if (!claim) continue;
    const auto permit = permits_.take();
    run_job(*std::move(claim));
  }
}

void Engine::run_job(Claim claim) {
  const auto running = std::make_shared<Running>();
  {
    const std::lock_guard lock{mutex_};
    running_.emplace(claim.id, running);
  }
  AuditRecord record = claim.record;
  const auto emit = [&](JobEvent event) {
    // A job that was forgotten meanwhile has nobody to tell.
    static_cast<void>(parts_.store->append(claim.id, claim.attempt, std::move(event)));
  };
  JobView view;
  try {
    view = pipeline_.run(claim, *parts_.catalogue, running->token, emit, record);
  } catch (const std::exception& error) {
    // The one door of this thread: a bug in one job must not take the others with it.
    log::error("exception in a job", {{"job", claim.id}, {"what", error.what()}});
    view = claim.view;
    view.state = JobState::finished;
    view.status = Verdict::internal_error;
    view.finished_at = std::chrono::system_clock::now();
    record.detail = error.what();
  }
  record.event = AuditEvent::finished;
  record.verdict = view.status;
  if (auto written = parts_.audit->append(std::move(record)); !written) {
    log::error("audit record lost", {{"job", claim.id}, {"reason", written.error().message}});
    view.status = Verdict::internal_error;
    view.message = "the audit record of this job could not be written";
  }
  log_end(claim, view);
  static_cast<void>(parts_.store->finish(claim.id, claim.attempt, std::move(view)));
  {
    const std::lock_guard lock{mutex_};
    running_.erase(claim.id);
  }
  running_changed_.notify_all();
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

Result<void> Engine::cancel(const std::string& id) {
  CEX_TRY(const bool was_waiting, parts_.store->cancel_queued(id));
  if (was_waiting) return {};
  std::unique_lock lock{mutex_};
  // Between leaving the queue and entering running_ a job is for a moment in neither.
  running_changed_.wait_for(lock, std::chrono::seconds{1}, [&] {
    const auto view = parts_.store->get(id);
    return running_.count(id) != 0 || !view || view->finished_at.has_value();
  });
  const auto found = running_.find(id);
  if (found == running_.end()) return {};
  found->second->token.cancel();
  running_changed_.wait(lock, [&] { return running_.count(id) == 0; });
  return {};
}

Result<void> Engine::forget(const std::string& id) {
  CEX_CHECK(cancel(id));
  return parts_.store->forget(id);
}

std::vector<LanguageInfo> Engine::languages() const {
  auto languages = parts_.catalogue->languages();
  for (LanguageInfo& language : languages) {
    if (warmer_) language.layers = warmer_->layers(language.id);
    if (prebooter_) language.preboots = prebooter_->preboots(language.id);
  }
  return languages;
}

std::vector<PluginInfo> Engine::plugins() const {
  return parts_.catalogue->plugins();
}

Result<std::string> Engine::explain(const JobRequest& request) {
  CEX_TRY(Admitted admitted, admit(request, *parts_.catalogue, parts_.config));
  admitted.layers = layer_source().ready(admitted.choice);
  CEX_TRY(const auto plans, plan_all(request, admitted, parts_.config, admitted.runs.size()));
  return to_json_text(plans);
}

void Engine::keep_house() {
  std::unique_lock lock{mutex_};
  while (!stopping_) {
    house_changed_.wait_for(lock, kHousekeeping, [this] { return stopping_.load(); });
    lock.unlock();
    parts_.store->reap(std::chrono::steady_clock::now());
    lock.lock();
  }
}

void Engine::cancel_everything() {
  JobFilter waiting;
  waiting.state = JobState::queued;
  waiting.limit = UINT32_MAX;
  if (const auto page = parts_.store->list(waiting)) {
    for (const auto& view : page->jobs) static_cast<void>(parts_.store->cancel_queued(view.id));
  }
  std::unique_lock lock{mutex_};
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

void Engine::drain(std::chrono::milliseconds grace) {
  draining_ = true;
  {
    std::unique_lock lock{mutex_};
    running_changed_.wait_for(lock, grace,
                              [this] { return running_.empty() && parts_.store->queued() == 0; });
  }
  cancel_everything();
  stop_threads();
  tester_.reset();
  parts_.audit->close();
}

}  // namespace cex::engine
