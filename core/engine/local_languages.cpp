// SPDX-License-Identifier: Apache-2.0
#include "core/engine/local_languages.hpp"

#include <chrono>
#include <exception>
#include <utility>

#include "core/base/log.hpp"
#include "core/engine/probing.hpp"
#include "core/warm/fingerprint.hpp"

namespace cex::engine {
namespace {

constexpr std::chrono::seconds kLook{2};

}  // namespace

LocalLanguages::LocalLanguages(Sources sources, std::shared_ptr<const plugins::Registry> registry)
    : sources_{std::move(sources)}, answers_{sources_.answers} {
  current_ = discover(std::move(registry));
  if (sources_.runner != nullptr) current_->log_news(nullptr);
  made_from_ = stamp();
}

LocalLanguages::~LocalLanguages() {
  stop();
}

std::shared_ptr<const Catalogue> LocalLanguages::discover(
    std::shared_ptr<const plugins::Registry> registry) {
  if (sources_.runner == nullptr) return Catalogue::of(std::move(registry), {});
  return Catalogue::discover(std::move(registry), *sources_.live->now(),
                             {.runner = *sources_.runner,
                              .cache = answers_,
                              .parallel = sources_.parallel,
                              .wanted = sources_.wanted,
                              .cancel = cancel_});
}

std::shared_ptr<const Catalogue> LocalLanguages::current() const {
  const std::lock_guard lock{mutex_};
  return current_;
}

void LocalLanguages::watch(std::function<void()> changed) {
  changed_ = std::move(changed);
  thread_ = std::thread{[this] { work(); }};
}

void LocalLanguages::look_now() {
  {
    const std::lock_guard lock{mutex_};
    asked_ = true;
  }
  wake_.notify_all();
}

void LocalLanguages::halt() {
  cancel_.cancel();
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  wake_.notify_all();
}

void LocalLanguages::stop() {
  halt();
  if (thread_.joinable()) thread_.join();
}

// A folder that cannot be read or has too many files is the same each time: nothing new.
std::string LocalLanguages::stamp() const {
  const auto files = warm::fingerprint(sources_.search.directories);
  return (files ? *files : files.error().message) + stamp_of_tools(current()->registry()->loaded());
}

void LocalLanguages::work() {
  std::string last = made_from_;
  std::unique_lock lock{mutex_};
  while (true) {
    wake_.wait_for(lock, kLook, [this] { return stopping_ || asked_; });
    if (stopping_) return;
    const bool asked = std::exchange(asked_, false);
    lock.unlock();
    const std::string now = stamp();
    // Two looks have to agree: half an unpacked package is not worth a try.
    const bool settled = now == std::exchange(last, now);
    if (asked || (settled && now != made_from_)) {
      made_from_ = now;  // what changes from here on is for the next look
      try {
        renew();
      } catch (const std::exception& error) {  // a door: without it the server would end
        log::error("plugins could not be looked through",
                   {{"reason", std::string_view{error.what()}}});
      }
    }
    lock.lock();
  }
}

void LocalLanguages::renew() {
  const auto before = current();
  const auto next = discover(plugins::Registry::load(sources_.search, before->registry().get()));
  if (cancel_.cancelled() || next->says_the_same_as(*before)) return;
  if (sources_.runner != nullptr) next->log_news(before.get());
  {
    const std::lock_guard lock{mutex_};
    current_ = next;
  }
  changed_();
}

}  // namespace cex::engine
