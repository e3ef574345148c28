// SPDX-License-Identifier: Apache-2.0
#include "core/network/loop.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <exception>
#include <span>

#include "core/base/log.hpp"

namespace cex::network {
namespace {

constexpr std::chrono::milliseconds kShortage{100};
constexpr std::chrono::milliseconds kLongest{60'000};

}  // namespace

Loop::Loop(UniqueFd listener, int stop, ProxySettings settings, std::unique_ptr<Names> names)
    : listener_{std::move(listener)},
      stop_{stop},
      settings_{std::move(settings)},
      names_{std::move(names)},
      shared_{settings_, *names_, settings_.max_bytes} {}

void Loop::run() noexcept {
  try {
    serve();
  } catch (const std::exception& error) {
    // The one door of this thread: what goes wrong here costs one job its network.
    log::error("exception in a job's network", {{"what", error.what()}});
    listener_.reset();
    connections_.clear();
  }
}

void Loop::serve() {
  while (turn()) {
  }
  close_all("cut at the end of the run");
  listener_.reset();
}

bool Loop::turn() {
  auto now = Clock::now();
  const bool room = connections_.size() < settings_.max_connections && now >= accept_from_;
  waits_.clear();
  waits_.push_back({stop_, POLLIN, 0});
  waits_.push_back({room ? listener_.get() : -1, POLLIN, 0});
  const std::size_t names_at = waits_.size();
  names_->add_waits(waits_);
  const std::size_t names_count = waits_.size() - names_at;
  for (const Connection& connection : connections_) {
    waits_.push_back(connection.client_wait());
    waits_.push_back(connection.upstream_wait());
  }
  if (::poll(waits_.data(), waits_.size(), patience(now)) < 0 && errno != EINTR) {
    close_all("the server failed");
    return false;
  }
  if (waits_[0].revents != 0) return false;
  now = Clock::now();
  names_->process(std::span{waits_}.subspan(names_at, names_count));
  if (waits_[1].revents != 0) accept_more(now);
  advance_all(now);
  return true;
}

int Loop::patience(Clock::time_point now) const {
  auto left = std::chrono::duration_cast<std::chrono::milliseconds>(kLongest);
  const auto until = [&](Clock::time_point moment) {
    left = std::min(left, std::chrono::ceil<std::chrono::milliseconds>(moment - now));
  };
  if (accept_from_ > now) until(accept_from_);
  for (const Connection& connection : connections_) until(connection.deadline());
  if (const auto names = names_->patience()) left = std::min(left, *names);
  return static_cast<int>(std::max<std::int64_t>(0, left.count()));
}

void Loop::accept_more(Clock::time_point now) {
  while (listener_ && connections_.size() < settings_.max_connections) {
    UniqueFd client{::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)};
    if (!client) {
      const bool gone_again = errno == ECONNABORTED || errno == EINTR;
      if (gone_again) continue;
      if (errno != EAGAIN && errno != EWOULDBLOCK) accept_from_ = now + kShortage;
      return;
    }
    connections_.emplace_back(std::move(client), shared_, now);
    if (++total_ < settings_.max_total_connections) continue;
    // Without the listener the kernel itself refuses the rest, at no cost to us.
    listener_.reset();
    note("the run's connections are used up");
  }
}

void Loop::advance_all(Clock::time_point now) {
  for (auto at = connections_.begin(); at != connections_.end();) {
    at->advance(now);
    if (!at->finished()) {
      ++at;
      continue;
    }
    report_.add(at->contact());
    at = connections_.erase(at);
  }
  if (shared_.bytes_left > 0 || !listener_) return;
  listener_.reset();
  note("the run's bytes are used up");
  close_all("the run's bytes are used up");
}

void Loop::close_all(const char* why) {
  for (Connection& connection : connections_) {
    connection.cut(why);
    report_.add(connection.contact());
  }
  connections_.clear();
}

void Loop::note(const char* why) {
  NetworkContact contact;
  contact.reason = why;
  report_.add(std::move(contact));
}

}  // namespace cex::network
