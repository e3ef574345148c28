// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <poll.h>

#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <vector>

#include "core/base/unique_fd.hpp"
#include "core/model/network_report.hpp"
#include "core/network/connection.hpp"
#include "core/network/names.hpp"
#include "core/network/settings.hpp"

namespace cex::network {

/// The poll loop behind a Proxy: accepts, drives the connections and the resolver, holds the
/// bounds.
class Loop {
 public:
  /// `stop`: borrowed; readable means that it is over.
  Loop(UniqueFd listener, int stop, ProxySettings settings, std::unique_ptr<Names> names);

  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// Until `stop`. On the calling thread; throws nothing.
  void run() noexcept;
  /// After run() has returned.
  [[nodiscard]] NetworkReport take_report() { return std::move(report_); }

 private:
  using Clock = Connection::Clock;

  void serve();
  [[nodiscard]] bool turn();  // false: it is over
  [[nodiscard]] int patience(Clock::time_point now) const;
  void accept_more(Clock::time_point now);
  void advance_all(Clock::time_point now);
  void close_all(const char* why);
  void note(const char* why);

  UniqueFd listener_;
  int stop_;
  ProxySettings settings_;
  std::unique_ptr<Names> names_;
  Shared shared_;
  std::list<Connection> connections_;
  std::uint32_t total_{0};
  Clock::time_point accept_from_{};  // later than now while the server is short of descriptors
  std::vector<pollfd> waits_;
  NetworkReport report_;
};

}  // namespace cex::network
