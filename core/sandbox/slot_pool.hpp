// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "core/base/result.hpp"
#include "core/base/unique_fd.hpp"
#include "core/sandbox/launcher_process.hpp"
#include "core/sandbox/message.hpp"
#include "core/sandbox/slot_demand.hpp"
#include "core/sandbox/socket_watch.hpp"

namespace cex::sandbox {

/// What a worker holds of a cell made ahead.
struct CellFds {
  UniqueFd box_dir;
  UniqueFd in;
  UniqueFd out;
  UniqueFd err;
  UniqueFd init;         ///< pidfd of the box's first process: readable once none is left
  UniqueFd cpu_file;     ///< invalid without cgroups
  UniqueFd memory_file;  ///< the same
};

class SlotPool;

/// A slot with a ready cell, for one step. Dropping it hands the slot back: what is left of the
/// cell is ended, proved gone, and the next cell made, all off the caller's path.
class SlotLease {
 public:
  SlotLease(SlotLease&& other) noexcept;
  SlotLease& operator=(SlotLease&&) = delete;
  ~SlotLease();

  [[nodiscard]] int socket() const;
  [[nodiscard]] CellFds& cell();
  /// The slot cannot be trusted any more (lost, or out of step): it is closed and opened anew.
  void mark_broken() { broken_ = true; }

 private:
  friend class SlotPool;
  SlotLease(SlotPool* pool, std::size_t slot) : pool_{pool}, slot_{slot} {}
  SlotPool* pool_;
  std::size_t slot_;
  bool broken_{false};
};

struct PoolSettings {
  std::uint32_t slots{0};  ///< at most
  std::uint32_t keep{1};   ///< ready ones that stay when nothing runs
  /// Ready slots that a time as long did not need are given up, and opened again on demand; 0:
  /// never.
  std::chrono::milliseconds idle_after{30'000};
};

struct PoolStatus {
  std::uint32_t slots{0};  ///< but for those given up for want of work
  std::uint32_t ready{0};
  std::uint32_t leased{0};
  std::uint32_t quarantined{0};
  std::uint64_t made{0};       ///< cells made ready so far
  std::uint32_t launchers{0};  ///< alive: the one in use and those that wait in case it dies
};

/// All slots of one server. Thread-safe. One thread of its own reads what idle slots say, re-opens
/// those that broke and moves to a spare launcher when one dies. It also makes the process the
/// reaper of what a dead launcher leaves behind, so the process must not wait for children of its
/// own by then: in a container whose pid 1 reaps nobody, zombies would stay in their cgroups for
/// ever.
class SlotPool {
 public:
  /// `launchers`: at least one; the others wait, configured, to take over.
  SlotPool(std::vector<LauncherProcess> launchers, const PoolSettings& settings);
  ~SlotPool();
  SlotPool(const SlotPool&) = delete;
  SlotPool& operator=(const SlotPool&) = delete;

  /// Waits for a ready cell. Errors: Errc::not_ready when the time is over or no slot is usable.
  [[nodiscard]] Result<SlotLease> acquire(std::chrono::milliseconds patience);
  [[nodiscard]] PoolStatus status() const;

 private:
  friend class SlotLease;
  enum class State : std::uint8_t { closed, waiting, ready, leased, quarantined, asleep };
  struct Slot {
    State state{State::closed};
    UniqueFd socket;
    CellFds cell;
    std::uint32_t failures{0};  // in a row
    std::chrono::steady_clock::time_point retry_at;
  };

  static constexpr std::chrono::milliseconds kFirstRetry{50};
  static constexpr auto kNever = std::chrono::steady_clock::time_point::max();
  /// What the watch says besides numbers of slots.
  static constexpr std::size_t kWoken = SIZE_MAX;
  static constexpr std::size_t kLauncher = SIZE_MAX - 1;

  void give_back(std::size_t slot, bool broken);
  void serve();
  void heard(std::size_t of);
  void open_closed_slots();
  void fit_to_demand();
  void open_sleepers(std::ptrdiff_t count);
  /// From now on what it says is ours to read; for worse, it is broken.
  void listen_to(Slot& slot, std::size_t number);
  /// Ends it, upon which its process ends with the cell.
  void close(Slot& slot);
  void read_slot(std::size_t number);
  void accept_ready(Slot& slot, std::size_t number, Received& received);
  /// `unclean`: something of a job may still be there.
  void slot_broke(Slot& slot, std::size_t number, const std::string& why, bool unclean = false);
  void replace_dead_launcher();
  void drop_dead_spares();
  void forget_idle_slots();
  void reap_orphans() const;
  [[nodiscard]] int milliseconds_to_next() const;
  [[nodiscard]] static bool is_shut(const Slot& slot) {
    return slot.state == State::closed || slot.state == State::quarantined;
  }
  void wake() const;

  mutable std::mutex mutex_;
  std::condition_variable ready_changed_;
  std::vector<LauncherProcess> launchers_;  // the first is in use; outlives the slots' sockets
  std::vector<Slot> slots_;
  std::deque<std::size_t> ready_;
  std::uint64_t made_{0};
  std::ptrdiff_t keep_;
  SlotDemand demand_;
  UniqueFd wake_;
  SocketWatch watch_;
  std::chrono::steady_clock::time_point orphans_until_{};  // a launcher died a moment ago
  bool stopping_{false};
  std::thread thread_;
};

}  // namespace cex::sandbox
