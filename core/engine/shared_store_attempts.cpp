// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>

#include "core/base/ids.hpp"
#include "core/base/log.hpp"
#include "core/engine/shared_store.hpp"

/// The attempts of this node: from the claim to the end, whatever end that is.
namespace cex::engine {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLookAgain{1'000};
constexpr milliseconds kPauseAfterFailure{100};
constexpr int kLeasesOfPatience = 3;  // with a Redis that does not take a result

}  // namespace

// A heartbeat before the others may take an attempt, it is not safe here any more: its processes
// need a moment to die.
SharedStore::Clock::time_point SharedStore::safe_after(Clock::time_point asked) const {
  return asked + lease() - settings_.queue.redis.heartbeat;
}

void SharedStore::jobs_may_wait() {
  {
    const std::lock_guard lock{mutex_};
    ++rumours_;
  }
  waiting_changed_.notify_all();
}

// Asks only where there is reason to: a rumour that nobody has disproved, or a second without
// asking.
bool SharedStore::wait_for_jobs(Clock::time_point until, std::uint64_t& seen) {
  std::unique_lock lock{mutex_};
  const auto worth_it = [this] {
    return stopping_ || disproved_ < rumours_ || Clock::now() >= look_again_;
  };
  while (!worth_it()) {
    if (Clock::now() >= until) return false;
    waiting_changed_.wait_until(lock, std::min(until, look_again_));
  }
  if (stopping_) return false;
  seen = rumours_;
  look_again_ = Clock::now() + kLookAgain;
  return true;
}

std::optional<Claim> SharedStore::claim(milliseconds patience) {
  const auto until = Clock::now() + patience;
  const auto offer = offered();
  if (offer->lanes.empty() || !link_->client->up()) {
    std::unique_lock lock{mutex_};
    waiting_changed_.wait_until(lock, until, [this] { return stopping_.load(); });
    return std::nullopt;
  }
  std::uint64_t seen = 0;
  while (wait_for_jobs(until, seen)) {
    cluster::JobTable::ClaimOrder order{
        .token = {}, .lease = lease(), .lanes = offer->lanes, .most = {}};
    if (settings_.language_bounds) order.most = settings_.language_bounds();
    {
      const std::lock_guard lock{mutex_};
      if (!spare_tokens_.empty()) {
        order.token = std::move(spare_tokens_.back());
        spare_tokens_.pop_back();
      }
    }
    if (order.token.empty()) order.token = random_hex(16);
    const auto asked = Clock::now();
    auto taken = link_->jobs.claim(order);
    if (!taken) {
      if (taken.error().code != Errc::not_ready) {
        log::error("a job cannot be claimed", {{"reason", taken.error().message}});
      }
      std::unique_lock lock{mutex_};
      // The job may be ours without our knowing: the same claim again brings it.
      spare_tokens_.push_back(std::move(order.token));
      waiting_changed_.wait_for(lock, kPauseAfterFailure, [this] { return stopping_.load(); });
      return std::nullopt;
    }
    if (*taken) {
      if (auto claim = begin(**std::move(taken), asked)) return claim;
      continue;
    }
    const std::lock_guard lock{mutex_};
    disproved_ = std::max(disproved_, seen);
  }
  return std::nullopt;
}

std::optional<Claim> SharedStore::begin(cluster::Taken taken, Clock::time_point asked) {
  const Attempt attempt{taken.id, taken.attempt};
  if (!taken.content) {
    runs_.begin(attempt, taken.sequence, safe_after(asked), taken.content.error().message);
    bury(taken);
    return std::nullopt;
  }
  runs_.begin(attempt, taken.sequence, safe_after(asked));
  auto& [head, request] = *taken.content;
  // What was promised at its acceptance, on whatever node that was.
  request.version = head.record.toolchain;
  Claim claim{.id = taken.id,
              .attempt = taken.attempt,
              .request = std::make_shared<const JobRequest>(std::move(request)),
              .context = std::move(head.context),
              .record = std::move(head.record),
              .view = std::move(head.view)};
  claim.view.state = JobState::running;
  claim.view.started_at = taken.started;
  claim.view.queued_for =
      std::max(Nanoseconds{0}, Nanoseconds{taken.started - claim.view.created_at});
  return claim;
}

// What is stored under the name of a job is none, or one of another version.
void SharedStore::bury(const cluster::Taken& taken) {
  log::error("a stored job cannot be read, and is given up",
             {{"job", taken.id}, {"reason", taken.content.error().message}});
  JobView view;
  view.id = taken.id;
  view.state = JobState::finished;
  view.status = Verdict::internal_error;
  view.created_at = std::chrono::system_clock::now();
  view.finished_at = view.created_at;
  view.message = "the stored job could not be read";
  ++given_up_;
  static_cast<void>(finish(taken.id, taken.attempt, std::move(view)));
}

Result<void> SharedStore::append(const std::string& id, std::uint32_t attempt, JobEvent event) {
  return runs_.append({id, attempt}, std::move(event));
}

// Again until Redis says yes or no; the attempt's number makes that harmless.
Result<void> SharedStore::settle(const Attempt& attempt,
                                 const std::function<Result<void>()>& write) {
  const auto until = Clock::now() + kLeasesOfPatience * lease();
  while (true) {
    auto done = write();
    if (done || done.error().code != Errc::not_ready) {
      if (!done && done.error().code == Errc::not_found) ++lost_;
      return done;
    }
    if (stopping_ || Clock::now() >= until) {
      log::error("the end of an attempt is not stored: the job will run again",
                 {{"job", attempt.first}, {"reason", done.error().message}});
      return done;
    }
    if (link_->client->wait_until_up(kLookAgain)) std::this_thread::sleep_for(kPauseAfterFailure);
  }
}

Result<void> SharedStore::finish(const std::string& id, std::uint32_t number, JobView view) {
  const Attempt attempt{id, number};
  CEX_CHECK(runs_.close(attempt, view));
  cluster::Ending ending{.id = id,
                         .attempt = number,
                         .view = std::move(view),
                         .events = {},
                         .bytes = 0,
                         .given_up = {}};
  ending.bytes = kBytesOfJob + 2 * size_of(ending.view);  // the events have its output once more
  const auto done = settle(attempt, [&]() -> Result<void> {
    while (true) {
      auto page = runs_.unsent(attempt);
      if (page.is_last) {
        ending.events = std::move(page.events);
        ending.given_up = std::move(page.given_up);
        return link_->jobs.finish(ending);
      }
      const std::uint64_t last = page.events.back().sequence;
      CEX_CHECK(link_->jobs.append(id, number, page.events));
      runs_.sent(attempt, last);
    }
  });
  runs_.end(attempt);
  jobs_may_wait();  // its tenant or language may have been at its bound
  return done;
}

Result<void> SharedStore::retry(const std::string& id, std::uint32_t number, milliseconds delay) {
  return put_back({id, number}, number, delay);
}

Result<void> SharedStore::give_back(const std::string& id, std::uint32_t number) {
  return put_back({id, number}, number - 1, milliseconds{0});
}

// Not insisted on: where it does not get there the lease runs out, and the job waits again by that.
Result<void> SharedStore::put_back(const Attempt& attempt, std::uint32_t attempts_that_count,
                                   milliseconds delay) {
  auto done = link_->jobs.put_back(attempt.first, attempt.second, attempts_that_count, delay);
  runs_.end(attempt);
  if (!done && done.error().code == Errc::not_ready) return {};
  return done;
}

void SharedStore::abandon(const std::string& id, std::uint32_t attempt) {
  ++lost_;
  runs_.end({id, attempt});
}

}  // namespace cex::engine
