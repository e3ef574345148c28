// SPDX-License-Identifier: Apache-2.0
// What keeps a node's part in a shared store alive: heartbeats, leases, events on their way, and
// jobs of dead nodes.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include "core/base/log.hpp"
#include "core/base/text.hpp"
#include "core/engine/shared_store.hpp"

namespace cex::engine {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kPatience{1'000};
constexpr milliseconds kGuardStep{50};
constexpr double kNewsShare = 0.3;  // of the last interval in the rate of claims
constexpr double kLongestAfter = 600;

}  // namespace

void SharedStore::when_to_stop(
    std::function<void(const std::string&, std::uint32_t, StopReason)> stop) {
  const std::lock_guard lock{mutex_};
  stop_ = std::move(stop);
}

void SharedStore::stop_attempt(const Attempt& attempt, StopReason reason) {
  std::function<void(const std::string&, std::uint32_t, StopReason)> stop;
  {
    const std::lock_guard lock{mutex_};
    stop = stop_;
  }
  if (stop) stop(attempt.first, attempt.second, reason);
}

void SharedStore::send_events() {
  while (!stopping_) {
    const auto attempts = runs_.wait_for_unsent(kPatience);
    if (!attempts.empty() && !link_->client->wait_until_up(kPatience)) continue;
    for (const Attempt& attempt : attempts) send_events_of(attempt);
  }
}

void SharedStore::send_events_of(const Attempt& attempt) {
  const auto page = runs_.unsent(attempt);
  if (page.events.empty() || page.is_last) return;  // finish() sends the rest
  const auto done = link_->jobs.append(attempt.first, attempt.second, page.events);
  if (done) return runs_.sent(attempt, page.events.back().sequence);
  if (done.error().code == Errc::not_ready) return;
  // Told to nobody twice: what is stopped sends no more.
  runs_.sent(attempt, page.events.back().sequence);
  if (done.error().code == Errc::not_found) {
    stop_attempt(attempt, StopReason::lost);
  } else {
    log::error("events are lost", {{"job", attempt.first}, {"reason", done.error().message}});
  }
}

void SharedStore::beat_regularly() {
  std::unique_lock lock{mutex_};
  while (!stopping_) {
    house_changed_.wait_for(lock, settings_.queue.redis.heartbeat,
                            [this] { return stopping_ || std::exchange(beat_now_, false); });
    if (stopping_) return;
    lock.unlock();
    beat();
    lock.lock();
  }
}

std::shared_ptr<const SharedStore::Offer> SharedStore::offered() const {
  const std::lock_guard lock{mutex_};
  return offer_;
}

void SharedStore::offer(Offer offer) {
  {
    const std::lock_guard lock{mutex_};
    offer_ = std::make_shared<const Offer>(std::move(offer));
    announced_ = false;
    beat_now_ = true;
  }
  house_changed_.notify_all();
  jobs_may_wait();  // in lanes that were none of ours before
}

void SharedStore::beat() {
  if (!link_->client->up()) return;
  const auto offer = offered();
  const std::string& words = offer->announcement;
  cluster::NodeTable::Beat beat{
      .lease = lease(),
      .alive_for = lease(),
      .announcement_name = words.empty() ? std::string{} : sha256_hex(words),
      .announcement = {},
      .running = runs_.all()};
  {
    const std::lock_guard lock{mutex_};
    if (!announced_) beat.announcement = words;
  }
  const auto asked = Clock::now();
  const auto pulse = link_->nodes.beat(beat);
  if (!pulse) {
    log::debug("heartbeat not heard", {{"reason", pulse.error().message}});
    const std::lock_guard lock{mutex_};
    refusal_ = pulse.error().message;
    return;
  }
  {
    const std::lock_guard lock{mutex_};
    refusal_.clear();
    announced_ = pulse->announcement_kept && offer == offer_;
    const double passed = std::chrono::duration<double>(asked - pulse_at_).count();
    if (pulse->claims >= pulse_.claims && passed > 0) {
      const double rate = static_cast<double>(pulse->claims - pulse_.claims) / passed;
      claims_a_second_ += kNewsShare * (rate - claims_a_second_);
    }
    pulse_ = *pulse;
    pulse_at_ = asked;
  }
  runs_.renew(beat.running, safe_after(asked));
  heed(*pulse, beat.running);
}

void SharedStore::heed(const cluster::Pulse& pulse, const std::vector<Attempt>& beaten) {
  for (const Attempt& attempt : beaten) {
    const auto is_named = [&](const std::vector<std::string>& ids) {
      return std::ranges::find(ids, attempt.first) != ids.end();
    };
    if (is_named(pulse.lost)) stop_attempt(attempt, StopReason::lost);
    if (is_named(pulse.cancelled)) stop_attempt(attempt, StopReason::cancelled);
  }
}

// By this node's own clock, and apart from every thread that may wait for Redis: what cannot be
// renewed is dead before somebody else may begin it.
void SharedStore::guard_leases() {
  std::unique_lock lock{mutex_};
  while (!stopping_) {
    house_changed_.wait_for(lock, kGuardStep, [this] { return stopping_.load(); });
    if (stopping_) return;
    lock.unlock();
    const auto now = Clock::now();
    const auto over = runs_.unsafe(now);
    for (const Attempt& attempt : over) {
      log::warning("lease not renewed in time, the attempt is stopped", {{"job", attempt.first}});
      stop_attempt(attempt, StopReason::lost);
    }
    runs_.renew(over, now + kPatience);  // told again if it goes on
    lock.lock();
  }
}

std::vector<Orphan> SharedStore::orphans() {
  if (!link_->client->up()) return {};
  {
    // After a pause of Redis the living must have the time to say that they are.
    const std::lock_guard lock{mutex_};
    if (Clock::now() - up_since_ < 2 * settings_.queue.redis.heartbeat) return {};
  }
  const auto asked = Clock::now();
  auto adopted = link_->jobs.adopt(bounds().queue.max_attempts, lease());
  if (!adopted) return {};
  if (adopted->waiting_again > 0) {
    redelivered_ += adopted->waiting_again;
    log::warning("jobs of a dead node wait again", {{"jobs", adopted->waiting_again}});
  }
  std::vector<Orphan> orphans;
  for (cluster::Taken& taken : adopted->to_end) {
    const bool cancelled = taken.was_cancelled;
    const Attempt attempt{taken.id, taken.attempt};
    const std::uint64_t sequence = taken.sequence;
    auto claim = begin(std::move(taken), asked);
    if (!claim) continue;
    if (!cancelled) {
      ++given_up_;
      runs_.begin(attempt, sequence, safe_after(asked), "its node died in each attempt");
    }
    orphans.push_back({*std::move(claim), cancelled});
  }
  return orphans;
}

Result<bool> SharedStore::cancel_elsewhere(const std::string& id) {
  const auto until = Clock::now() + 2 * lease() + 10 * kPatience;
  bool somewhere = false;
  while (true) {
    CEX_TRY(const auto node, link_->jobs.cancel_running(id));
    if (!node) return somewhere;
    if (*node == link_->node) return false;
    somewhere = true;
    if (Clock::now() >= until) {
      return fail(Errc::not_ready, "the node that runs the job does not answer; try again");
    }
    std::mutex told_mutex;
    std::condition_variable told;
    bool has_news = false;
    CEX_TRY(const auto read, link_->jobs.events(id, UINT64_MAX));
    if (read.ended) return true;
    // One call comes at once; it is the next that says something.
    int calls = 0;
    CEX_TRY(const auto watch, watches_.add(id, Watched::every_event, [&] {
      const std::lock_guard lock{told_mutex};
      has_news = ++calls > 1;
      told.notify_all();
    }));
    std::unique_lock lock{told_mutex};
    told.wait_for(lock, kPatience, [&] { return has_news; });
  }
}

void SharedStore::configure(const config::QueueSettings& queue,
                            const config::ResultSettings& results) {
  {
    const std::lock_guard lock{bounds_mutex_};
    bounds_ = {queue, results};
  }
  jobs_may_wait();  // of a language or a tenant of which more may run now
}

SharedStore::Bounds SharedStore::bounds() const {
  const std::lock_guard lock{bounds_mutex_};
  return bounds_;
}

void SharedStore::reap(WallTime /*now*/) {
  if (!link_->client->up()) return;
  const auto results = bounds().results;
  if (const auto done = link_->jobs.reap({results.max_jobs, results.max_bytes}); !done) {
    log::warning("job store: results could not be dropped", {{"reason", done.error().message}});
  }
  watches_.tidy();
}

std::uint32_t SharedStore::retry_after() const {
  const std::lock_guard lock{mutex_};
  const double tenth = std::max(1.0, static_cast<double>(pulse_.waiting) / 10);
  const double wait = claims_a_second_ > 0 ? tenth / claims_a_second_ : tenth;
  return static_cast<std::uint32_t>(std::clamp(std::ceil(wait), 1.0, kLongestAfter));
}

}  // namespace cex::engine
