// SPDX-License-Identifier: Apache-2.0
// From a claim to its end: one attempt at a job, and what comes of it.
#include <cstdint>

#include "core/base/log.hpp"
#include "core/engine/engine.hpp"

namespace cex::engine {
namespace {

constexpr std::chrono::milliseconds kClaimPatience{200};

}  // namespace

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
                                       : "each server that ran it died";
  if (!orphan.was_cancelled) {
    view.message = "the server could not run this job: each one that tried died while it ran";
  }
  conclude(orphan.claim, std::move(view), std::move(record));
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
  if (somebody_is_told) callback_watchers_->notify(Watched::every_event);
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

}  // namespace cex::engine
