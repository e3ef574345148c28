// SPDX-License-Identifier: Apache-2.0
// How many slots there are: they are opened as they are wanted, given up when they are not, and
// opened anew when their launcher has died.
#include <sys/wait.h>

#include <algorithm>
#include <cstdint>

#include "core/base/log.hpp"
#include "core/sandbox/slot_pool.hpp"

namespace cex::sandbox {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kOrphansDieWithin{10};

}  // namespace

void SlotPool::open_closed_slots() {
  if (launchers_.empty()) return;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    Slot& slot = slots_[i];
    if (!is_shut(slot) || slot.retry_at > Clock::now()) continue;
    auto socket = launchers_.front().open_slot(static_cast<std::uint32_t>(i));
    if (!socket) {
      slot_broke(slot, i, socket.error().message);
      continue;
    }
    slot.socket = *std::move(socket);
    listen_to(slot, i);
  }
}

void SlotPool::fit_to_demand() {
  const auto soon_ready = std::count_if(slots_.begin(), slots_.end(), [](const Slot& slot) {
    return slot.state == State::ready || slot.state == State::waiting ||
           slot.state == State::closed;
  });
  if (soon_ready < keep_) open_sleepers(keep_ - soon_ready);
  const auto ready = static_cast<std::uint32_t>(ready_.size());
  for (std::uint32_t left = demand_.surplus(ready, Clock::now()); left > 0; --left) {
    Slot& slot = slots_[ready_.back()];
    ready_.pop_back();
    close(slot);
    slot.state = State::asleep;
  }
}

void SlotPool::open_sleepers(std::ptrdiff_t count) {
  for (Slot& slot : slots_) {
    if (slot.state != State::asleep || count == 0) continue;
    --count;
    slot.state = State::closed;
    slot.retry_at = Clock::now();
    wake();
  }
}

void SlotPool::reap_orphans() const {
  while (::waitpid(-1, nullptr, WNOHANG) > 0) {
  }
}

void SlotPool::replace_dead_launcher() {
  while (!launchers_.empty() && has_news(launchers_.front().control())) {
    orphans_until_ = Clock::now() + kOrphansDieWithin;
    log::error("the launcher died", {{"pid", static_cast<std::int64_t>(launchers_.front().pid())},
                                     {"spares", static_cast<std::int64_t>(launchers_.size() - 1)}});
    watch_.remove(launchers_.front().control());
    launchers_.erase(launchers_.begin());
    if (launchers_.empty()) ready_changed_.notify_all();  // whoever waits for a box waits in vain
    forget_idle_slots();
    wake();
  }
}

void SlotPool::drop_dead_spares() {
  for (std::size_t i = 1; i < launchers_.size();) {
    if (!has_news(launchers_[i].control())) {
      ++i;
      continue;
    }
    orphans_until_ = Clock::now() + kOrphansDieWithin;
    log::warning("a spare launcher died",
                 {{"pid", static_cast<std::int64_t>(launchers_[i].pid())},
                  {"spares", static_cast<std::int64_t>(launchers_.size() - 2)}});
    watch_.remove(launchers_[i].control());
    launchers_.erase(launchers_.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

// Of a dead launcher. Those that are leased show it to their worker; failures of any do not count.
void SlotPool::forget_idle_slots() {
  ready_.clear();
  for (Slot& slot : slots_) {
    if (slot.retry_at == kNever) continue;
    slot.failures = 0;
    if (slot.state == State::leased || slot.state == State::asleep) continue;
    close(slot);
    slot.state = State::closed;
    slot.retry_at = Clock::now() + kFirstRetry;  // its last processes are dying
  }
}

}  // namespace cex::sandbox
