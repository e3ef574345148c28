// SPDX-License-Identifier: Apache-2.0
#include "core/sandbox/slot_pool.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "core/base/log.hpp"

namespace cex::sandbox {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint32_t kMaxFailures = 5;
constexpr std::chrono::milliseconds kFirstRetry{50};
constexpr std::chrono::seconds kQuarantine{30};
constexpr auto kNever = std::chrono::steady_clock::time_point::max();
constexpr std::chrono::seconds kOrphansDieWithin{10};
constexpr int kReapEveryMs = 20;
constexpr std::ptrdiff_t kWokenAtOnce = 2;

// End-of-file, or something said out of turn.
bool has_news(int socket) {
  pollfd wait{socket, POLLIN, 0};
  return ::poll(&wait, 1, 0) > 0;
}

}  // namespace

SlotLease::SlotLease(SlotLease&& other) noexcept
    : pool_{std::exchange(other.pool_, nullptr)}, slot_{other.slot_}, broken_{other.broken_} {}

SlotLease::~SlotLease() {
  if (pool_ != nullptr) pool_->give_back(slot_, broken_);
}

// The slot is this lease's alone while it is leased, so these need no lock.
int SlotLease::socket() const {
  return pool_->slots_[slot_].socket.get();
}
CellFds& SlotLease::cell() {
  return pool_->slots_[slot_].cell;
}

SlotPool::SlotPool(std::vector<LauncherProcess> launchers, const PoolSettings& settings)
    : launchers_{std::move(launchers)},
      slots_(settings.slots),
      keep_{settings.keep},
      demand_{settings.keep, settings.idle_after, Clock::now()},
      wake_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)} {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  thread_ = std::thread{[this] { serve(); }};
}

SlotPool::~SlotPool() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  wake();
  thread_.join();
  // End-of-file on every slot's socket is what lets the launchers' destructors return.
  slots_.clear();
}

void SlotPool::wake() const {
  const std::uint64_t one = 1;
  // Can only fail when the counter is full, and then the thread is awake anyway.
  [[maybe_unused]] const ssize_t written = ::write(wake_.get(), &one, sizeof(one));
}

Result<SlotLease> SlotPool::acquire(std::chrono::milliseconds patience) {
  const auto deadline = Clock::now() + patience;
  const auto answerable = [this] { return !ready_.empty() || stopping_ || launchers_.empty(); };
  std::unique_lock lock{mutex_};
  while (true) {
    if (ready_.empty()) open_sleepers(kWokenAtOnce);
    if (!ready_changed_.wait_until(lock, deadline, answerable) || ready_.empty() || stopping_) {
      return fail(Errc::not_ready,
                  launchers_.empty() ? "the last launcher died" : "no box is ready");
    }
    // A launcher takes its slots with it, ready ones too. Whoever lost one to it and asks again may
    // be here before our thread has heard of it, and must not be given the next dead one.
    replace_dead_launcher();
    if (ready_.empty()) continue;
    const std::size_t number = ready_.front();
    Slot& slot = slots_[number];
    if (has_news(slot.socket.get())) {
      read_slot(number);
      wake();
      if (slot.state == State::ready) slot_broke(slot, number, "it spoke out of turn");
      continue;
    }
    ready_.pop_front();
    demand_.saw(static_cast<std::uint32_t>(ready_.size()));
    if (std::ssize(ready_) < keep_) wake();
    slot.state = State::leased;
    return SlotLease{this, number};
  }
}

PoolStatus SlotPool::status() const {
  const std::lock_guard lock{mutex_};
  PoolStatus status;
  status.launchers = static_cast<std::uint32_t>(launchers_.size());
  status.made = made_;
  for (const Slot& slot : slots_) {
    if (slot.state != State::asleep) ++status.slots;
    if (slot.state == State::ready) ++status.ready;
    if (slot.state == State::leased) ++status.leased;
    if (slot.state == State::quarantined) ++status.quarantined;
  }
  return status;
}

void SlotPool::give_back(std::size_t number, bool broken) {
  const std::lock_guard lock{mutex_};
  Slot& slot = slots_[number];
  // The work folder's memory is charged to the job until this descriptor is gone.
  slot.cell = CellFds{};
  if (broken) {
    slot_broke(slot, number, "given back as broken");
  } else {
    slot.state = State::waiting;  // whatever is still to come is read by serve()
  }
  wake();
}

void SlotPool::serve() {
  std::vector<pollfd> waits;
  std::vector<std::size_t> who;
  while (true) {
    waits.assign(1, pollfd{wake_.get(), POLLIN, 0});
    who.assign(1, 0);
    int timeout = -1;
    {
      const std::lock_guard lock{mutex_};
      if (stopping_) {
        ready_changed_.notify_all();
        return;
      }
      fit_to_demand();
      open_closed_slots();
      for (std::size_t i = 0; i < slots_.size(); ++i) {
        const State state = slots_[i].state;
        if (state != State::waiting && state != State::ready) continue;
        waits.push_back({slots_[i].socket.get(), POLLIN, 0});
        who.push_back(i);
      }
      for (const LauncherProcess& launcher : launchers_) {
        waits.push_back({launcher.control(), POLLIN, 0});
        who.push_back(slots_.size());
      }
      timeout = milliseconds_to_next();
    }
    if (Clock::now() < orphans_until_) {
      reap_orphans();
      timeout = timeout < 0 ? kReapEveryMs : std::min(timeout, kReapEveryMs);
    }
    if (::poll(waits.data(), waits.size(), timeout) < 0) continue;  // EINTR
    std::uint64_t drained = 0;
    [[maybe_unused]] const ssize_t got = ::read(wake_.get(), &drained, sizeof(drained));
    const std::lock_guard lock{mutex_};
    for (std::size_t i = 1; i < waits.size(); ++i) {
      if (waits[i].revents == 0) continue;
      if (who[i] == slots_.size()) {
        replace_dead_launcher();
        drop_dead_spares();
        continue;
      }
      // Meanwhile a worker may have leased it; then what it says is the worker's to read, and may
      // have been read by now.
      const Slot& slot = slots_[who[i]];
      const bool ours = slot.state == State::waiting || slot.state == State::ready;
      if (ours && has_news(slot.socket.get())) read_slot(who[i]);
    }
  }
}

int SlotPool::milliseconds_to_next() const {
  if (launchers_.empty()) return -1;
  auto next = demand_.period_ends();
  for (const Slot& slot : slots_) {
    if (is_shut(slot)) next = std::min(next, slot.retry_at);
  }
  if (next == kNever) return -1;
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(next - Clock::now());
  return static_cast<int>(std::max<std::int64_t>(1, left.count() + 1));
}

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
    slot.state = State::waiting;
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
    slot.cell = CellFds{};
    // Its end, upon which a slot ends with its cell.
    slot.socket.reset();
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

void SlotPool::read_slot(std::size_t number) {
  Slot& slot = slots_[number];
  Message message;
  auto received = receive_message(slot.socket.get(), message);
  if (!received) return slot_broke(slot, number, received.error().message);
  if (received->size == 0) return slot_broke(slot, number, "its process is gone");
  switch (message.header.type) {
    case wire::Type::ready:
      return accept_ready(slot, number, *received);
    case wire::Type::clean: {
      wire::Plain release{};
      release.header.type = wire::Type::release;
      if (auto sent = send_message(slot.socket.get(), &release, sizeof(release)); !sent) {
        slot_broke(slot, number, sent.error().message);
      }
      return;
    }
    case wire::Type::started:
    case wire::Type::exited:
      return;  // of a cell whose worker had already left
    case wire::Type::broken:
      return slot_broke(slot, number, describe(message.report),
                        message.report.stage == wire::Stage::clean_up);
    default:
      return slot_broke(slot, number, "it sent an unexpected message");
  }
}

void SlotPool::accept_ready(Slot& slot, std::size_t number, Received& received) {
  if (received.fds.size() != wire::kReadyFds && received.fds.size() != wire::kReadyFdsCgroup) {
    return slot_broke(slot, number, "it sent the wrong number of descriptors");
  }
  auto& fds = received.fds;
  slot.cell.box_dir = std::move(fds[wire::kBoxDir]);
  slot.cell.in = std::move(fds[wire::kStdin]);
  slot.cell.out = std::move(fds[wire::kStdout]);
  slot.cell.err = std::move(fds[wire::kStderr]);
  slot.cell.init = std::move(fds[wire::kInit]);
  if (fds.size() == wire::kReadyFdsCgroup) {
    slot.cell.cpu_file = std::move(fds[wire::kCpuFile]);
    slot.cell.memory_file = std::move(fds[wire::kMemoryFile]);
  }
  slot.state = State::ready;
  ++made_;
  slot.failures = 0;
  ready_.push_back(number);
  ready_changed_.notify_one();
}

void SlotPool::slot_broke(Slot& slot, std::size_t number, const std::string& why, bool unclean) {
  ready_.erase(std::remove(ready_.begin(), ready_.end(), number), ready_.end());
  slot.cell = CellFds{};
  slot.socket.reset();
  ++slot.failures;
  const bool quarantined = slot.failures >= kMaxFailures;
  slot.state = quarantined ? State::quarantined : State::closed;
  if (!quarantined) {
    slot.retry_at = Clock::now() + kFirstRetry * (1U << slot.failures);
  } else {
    // What a job left and cannot be removed would meet the next one. A host that lacks something, a
    // controller or memory, may get it back.
    slot.retry_at = unclean ? kNever : Clock::now() + kQuarantine;
  }
  log::write(quarantined ? log::Level::error : log::Level::warning,
             quarantined ? "slot quarantined" : "slot lost, opening it again",
             {{"slot", static_cast<std::int64_t>(number)},
              {"reason", why},
              {"for_good", slot.retry_at == kNever}});
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
    slot.cell = CellFds{};
    slot.socket.reset();
    slot.state = State::closed;
    slot.retry_at = Clock::now() + kFirstRetry;  // its last processes are dying
  }
}

}  // namespace cex::sandbox
