// SPDX-License-Identifier: Apache-2.0
#include "core/sandbox/slot_pool.hpp"

#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

#include "core/base/log.hpp"

namespace cex::sandbox {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint32_t kMaxFailures = 5;
constexpr std::chrono::seconds kQuarantine{30};
constexpr int kReapEveryMs = 20;
constexpr std::ptrdiff_t kWokenAtOnce = 2;

void throw_unless(const Result<void>& done) {
  if (!done) throw std::runtime_error(done.error().message);
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
  throw_unless(watch_.add(wake_.get(), kWoken));
  for (const LauncherProcess& launcher : launchers_) {
    throw_unless(watch_.add(launcher.control(), kLauncher));
  }
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
    watch_.remove(slot.socket.get());
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
    listen_to(slot, number);
  }
  if (is_shut(slot)) wake();  // when to open it again is the thread's to know
}

void SlotPool::serve() {
  while (true) {
    int timeout = -1;
    {
      const std::lock_guard lock{mutex_};
      if (stopping_) {
        ready_changed_.notify_all();
        return;
      }
      fit_to_demand();
      open_closed_slots();
      timeout = milliseconds_to_next();
    }
    if (Clock::now() < orphans_until_) {
      reap_orphans();
      timeout = timeout < 0 ? kReapEveryMs : std::min(timeout, kReapEveryMs);
    }
    const auto news = watch_.wait(timeout);
    const std::lock_guard lock{mutex_};
    for (const std::size_t of : news) heard(of);
  }
}

void SlotPool::heard(std::size_t of) {
  if (of == kWoken) {
    std::uint64_t drained = 0;
    [[maybe_unused]] const ssize_t got = ::read(wake_.get(), &drained, sizeof(drained));
  } else if (of == kLauncher) {
    replace_dead_launcher();
    drop_dead_spares();
  } else {
    // Meanwhile a worker may have leased it; then what it says is the worker's to read, and may
    // have been read by now.
    const Slot& slot = slots_[of];
    const bool ours = slot.state == State::waiting || slot.state == State::ready;
    if (ours && has_news(slot.socket.get())) read_slot(of);
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

void SlotPool::listen_to(Slot& slot, std::size_t number) {
  slot.state = State::waiting;
  const auto listening = watch_.add(slot.socket.get(), number);
  if (!listening) slot_broke(slot, number, listening.error().message);
}

void SlotPool::close(Slot& slot) {
  slot.cell = CellFds{};
  if (slot.socket) watch_.remove(slot.socket.get());
  slot.socket.reset();
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
  close(slot);
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

}  // namespace cex::sandbox
