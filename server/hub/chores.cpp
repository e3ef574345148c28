// SPDX-License-Identifier: Apache-2.0
#include "server/hub/chores.hpp"

#include <exception>

#include "core/base/log.hpp"

namespace cex::hub {

Chores::Chores() : thread_{[this] { work(); }} {}

Chores::~Chores() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Chores::add(std::function<void()> chore) {
  {
    const std::lock_guard lock{mutex_};
    waiting_.push_back(std::move(chore));
  }
  changed_.notify_one();
}

void Chores::work() {
  std::unique_lock lock{mutex_};
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    const std::function<void()> chore = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    try {
      chore();
    } catch (const std::exception& error) {
      log::error("chore failed", {{"reason", error.what()}});
    }
    lock.lock();
  }
}

}  // namespace cex::hub
