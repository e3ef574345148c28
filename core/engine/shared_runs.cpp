// SPDX-License-Identifier: Apache-2.0
#include "core/engine/shared_runs.hpp"

#include "core/engine/live_job.hpp"

namespace cex::engine {

SharedRuns::Run* SharedRuns::find(const Attempt& attempt) {
  const auto found = runs_.find(attempt);
  return found == runs_.end() ? nullptr : &found->second;
}

void SharedRuns::begin(const Attempt& attempt, std::uint64_t sequence, Clock::time_point safe_until,
                       std::string given_up) {
  const std::lock_guard lock{mutex_};
  Run run{EventLog{sequence}, sequence, false, std::move(given_up), safe_until};
  runs_.insert_or_assign(attempt, std::move(run));
}

Result<void> SharedRuns::append(const Attempt& attempt, JobEvent event) {
  {
    const std::lock_guard lock{mutex_};
    Run* run = find(attempt);
    if (run == nullptr || run->closed) {
      return fail(Errc::not_found, "this attempt at the job is over");
    }
    run->log.append(std::move(event));
  }
  changed_.notify_all();
  return {};
}

Result<void> SharedRuns::close(const Attempt& attempt, const JobView& view) {
  const std::lock_guard lock{mutex_};
  Run* run = find(attempt);
  if (run == nullptr || run->closed) {
    return fail(Errc::not_found, "this attempt at the job is over");
  }
  run->closed = true;
  close_log(run->log, view);
  return {};
}

SharedRuns::Page SharedRuns::unsent(const Attempt& attempt) {
  const std::lock_guard lock{mutex_};
  Run* run = find(attempt);
  if (run == nullptr) return {};
  EventPage page = run->log.read(run->sent);
  return {std::move(page.events), page.finished, run->given_up};
}

void SharedRuns::sent(const Attempt& attempt, std::uint64_t sequence) {
  const std::lock_guard lock{mutex_};
  Run* run = find(attempt);
  if (run != nullptr && sequence > run->sent) run->sent = sequence;
}

void SharedRuns::end(const Attempt& attempt) {
  const std::lock_guard lock{mutex_};
  runs_.erase(attempt);
}

std::vector<SharedRuns::Attempt> SharedRuns::wait_for_unsent(std::chrono::milliseconds patience) {
  std::unique_lock lock{mutex_};
  std::vector<Attempt> found;
  changed_.wait_for(lock, patience, [&] {
    for (const auto& [attempt, run] : runs_) {
      if (!run.closed && run.log.has_after(run.sent)) found.push_back(attempt);
    }
    return !found.empty() || woken_;
  });
  woken_ = false;
  return found;
}

void SharedRuns::wake() {
  {
    const std::lock_guard lock{mutex_};
    woken_ = true;
  }
  changed_.notify_all();
}

std::vector<SharedRuns::Attempt> SharedRuns::all() const {
  const std::lock_guard lock{mutex_};
  std::vector<Attempt> attempts;
  for (const auto& [attempt, run] : runs_) attempts.push_back(attempt);
  return attempts;
}

std::optional<std::uint32_t> SharedRuns::attempt_at(const std::string& id) const {
  const std::lock_guard lock{mutex_};
  const auto found = runs_.lower_bound({id, 0});
  if (found == runs_.end() || found->first.first != id) return std::nullopt;
  return found->first.second;
}

void SharedRuns::renew(const std::vector<Attempt>& attempts, Clock::time_point safe_until) {
  const std::lock_guard lock{mutex_};
  for (const Attempt& attempt : attempts) {
    if (Run* run = find(attempt)) run->safe_until = safe_until;
  }
}

std::vector<SharedRuns::Attempt> SharedRuns::unsafe(Clock::time_point now) const {
  const std::lock_guard lock{mutex_};
  std::vector<Attempt> found;
  for (const auto& [attempt, run] : runs_) {
    if (!run.closed && run.safe_until <= now) found.push_back(attempt);
  }
  return found;
}

}  // namespace cex::engine
