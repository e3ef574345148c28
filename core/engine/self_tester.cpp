// SPDX-License-Identifier: Apache-2.0
#include "core/engine/self_tester.hpp"

#include <algorithm>
#include <utility>

#include "core/base/log.hpp"

namespace cex::engine {
namespace {

constexpr std::chrono::seconds kAgain{2};  // after a failure, and when no slot was free
constexpr int kOverdue = 3;                // intervals
constexpr std::chrono::seconds kGrace{10};

std::string age(SelfTester::Time from, SelfTester::Time to) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(to - from).count()) +
         " s ago";
}

}  // namespace

SelfTester::SelfTester(Test test, std::chrono::seconds interval, std::string first, Time now)
    : test_{std::move(test)},
      interval_{interval},
      last_{std::move(first)},
      last_at_{now},
      due_{now + interval} {
  thread_ = std::thread{[this] { work(); }};
}

SelfTester::~SelfTester() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  stop_changed_.notify_all();
  thread_.join();
}

void SelfTester::work() {
  std::unique_lock lock{mutex_};
  while (!stop_changed_.wait_until(lock, due_, [this] { return stopping_; })) {
    if (std::chrono::steady_clock::now() < due_) continue;
    lock.unlock();
    run_once(std::chrono::steady_clock::now());
    lock.lock();
  }
}

void SelfTester::run_once(Time now) {
  Result<std::string> result = fail(Errc::internal, "self-test: it was not run");
  try {
    result = test_();
  } catch (const std::exception& error) {
    result = fail(Errc::internal, std::string{"self-test: "} + error.what());
  }
  const std::lock_guard lock{mutex_};
  due_ = now + (result ? interval_ : std::min<std::chrono::seconds>(interval_, kAgain));
  if (!result && result.error().code == Errc::queue_full) return;
  if (!result) log::error("the self-test failed", {{"reason", result.error().message}});
  if (result && !last_) log::info("the self-test holds again");
  last_ = std::move(result);
  last_at_ = now;
}

SelfTester::Time SelfTester::due() const {
  const std::lock_guard lock{mutex_};
  return due_;
}

HealthCheck SelfTester::check(Time now) const {
  using State = HealthCheck::State;
  const std::lock_guard lock{mutex_};
  const std::string when = age(last_at_, now);
  if (!last_) {
    return {"sandbox", State::failed, last_.error().message + " (" + when + ")",
            "see the server's log and cex doctor"};
  }
  if (now - last_at_ > kOverdue * interval_ + kGrace) {
    return {"sandbox", State::degraded, "a job ran and held " + when + "; no slot was free since",
            "give the server more slots, or less to do"};
  }
  return {"sandbox",
          State::ok,
          "a job ran and held " + when + (last_->empty() ? "" : "; " + *last_),
          {}};
}

}  // namespace cex::engine
