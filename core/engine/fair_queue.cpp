// SPDX-License-Identifier: Apache-2.0
#include "core/engine/fair_queue.hpp"

#include <algorithm>

namespace cex::engine {
namespace {

constexpr std::uint32_t kHighestPriority = 9;
constexpr double kNewsShare = 0.25;      // of the last job in what a tenant's jobs usually take
constexpr double kFirstGuess = 0.05;     // seconds
constexpr double kLeastSeconds = 0.001;  // a job that failed at once has still had its turn

double seconds(std::chrono::nanoseconds time) {
  return std::max(std::chrono::duration<double>(time).count(), kLeastSeconds);
}

}  // namespace

FairQueue::Place FairQueue::place_of(const Turn& turn) {
  return {kHighestPriority - std::min(turn.priority, kHighestPriority), turn.number};
}

void FairQueue::add(const Turn& turn) {
  const auto [at, is_new] = tenants_.try_emplace(turn.tenant);
  Tenant& tenant = at->second;
  if (is_new) tenant.usual_seconds = kFirstGuess;
  // Who had nothing to run has not saved up the time.
  if (tenant.waiting == 0 && tenant.running == 0) tenant.clock = std::max(tenant.clock, now_);
  if (tenant.lanes[turn.language].emplace(place_of(turn), turn).second) {
    ++tenant.waiting;
    ++size_;
  }
}

bool FairQueue::has_room(const std::string& language) const {
  const auto running = languages_running_.find(language);
  return running == languages_running_.end() ||
         running->second < language_share_(language).max_running;
}

bool FairQueue::may_run(const Turn& turn) const {
  const auto at = tenants_.find(turn.tenant);
  const bool tenant_has_room =
      at == tenants_.end() || at->second.running < tenant_share_(turn.tenant).max_running;
  return tenant_has_room && has_room(turn.language);
}

const Turn* FairQueue::next_of(const Tenant& tenant) const {
  const Turn* best = nullptr;
  for (const auto& [language, lane] : tenant.lanes) {
    if (!has_room(language)) continue;
    const auto& [place, turn] = *lane.begin();
    if (best == nullptr || place < place_of(*best)) best = &turn;
  }
  return best;
}

std::optional<Turn> FairQueue::take() {
  Tenant* chosen = nullptr;
  const Turn* next = nullptr;
  for (auto& [name, tenant] : tenants_) {
    if (tenant.waiting == 0 || (chosen != nullptr && tenant.clock >= chosen->clock)) continue;
    if (tenant.running >= tenant_share_(name).max_running) continue;
    const Turn* turn = next_of(tenant);
    if (turn == nullptr) continue;
    chosen = &tenant;
    next = turn;
  }
  if (chosen == nullptr) return std::nullopt;
  now_ = std::max(now_, chosen->clock);
  Turn turn = *next;
  take_out(*chosen, turn);
  ++chosen->running;
  ++languages_running_[turn.language];
  // What it will take is not known, and its slot must count at once: another taken now must be
  // somebody else's. done() puts it right.
  turn.charged_seconds = chosen->usual_seconds;
  chosen->clock += turn.charged_seconds / tenant_share_(turn.tenant).weight;
  return turn;
}

void FairQueue::done(const Turn& turn, std::chrono::nanoseconds used) {
  const auto at = tenants_.find(turn.tenant);
  if (at == tenants_.end()) return;
  Tenant& tenant = at->second;
  const double took = seconds(used);
  tenant.clock += (took - turn.charged_seconds) / tenant_share_(turn.tenant).weight;
  tenant.usual_seconds += kNewsShare * (took - tenant.usual_seconds);
  --tenant.running;
  const auto language = languages_running_.find(turn.language);
  if (--language->second == 0) languages_running_.erase(language);
  forget_idle(turn.tenant);
}

// A clock that is behind now_ would be set to it at the next job anyway; one that is ahead is kept,
// or a tenant could wipe its debt by pausing.
void FairQueue::forget_idle(const std::string& name) {
  const auto at = tenants_.find(name);
  const Tenant& tenant = at->second;
  if (tenant.waiting == 0 && tenant.running == 0 && tenant.clock <= now_) tenants_.erase(at);
}

bool FairQueue::take_out(Tenant& tenant, const Turn& turn) {
  const auto lane = tenant.lanes.find(turn.language);
  if (lane == tenant.lanes.end() || lane->second.erase(place_of(turn)) == 0) return false;
  if (lane->second.empty()) tenant.lanes.erase(lane);
  --tenant.waiting;
  --size_;
  return true;
}

bool FairQueue::remove(const Turn& turn) {
  const auto at = tenants_.find(turn.tenant);
  if (at == tenants_.end() || !take_out(at->second, turn)) return false;
  forget_idle(turn.tenant);
  return true;
}

std::size_t FairQueue::waiting_of(const std::string& tenant) const {
  const auto at = tenants_.find(tenant);
  return at == tenants_.end() ? 0 : at->second.waiting;
}

}  // namespace cex::engine
