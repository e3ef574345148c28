// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <set>
#include <thread>
#include <unordered_map>
#include <utility>

#include "server/hub/chores.hpp"
#include "server/hub/follower.hpp"
#include "server/hub/hub.hpp"
#include "server/hub/inbox.hpp"

namespace cex::hub {

/// The hub's thread and what it owns. add() and stop() may be called from any thread, all the rest
/// runs in the loop's own.
class Hub::Loop {
 public:
  Loop(engine::Service& service, HubSettings settings);

  [[nodiscard]] bool has_room() const noexcept { return clients_ < settings_.max_clients; }
  [[nodiscard]] std::size_t clients() const noexcept { return clients_; }
  void add(std::unique_ptr<Follower> follower);
  void stop(std::chrono::milliseconds patience);

 private:
  void run();
  void wait_for_work();
  template <class Change>
  void touch(std::uint64_t id, Change change);
  void adopt(Follower& f);
  void begin_stop(std::chrono::milliseconds patience);

  void pump(Follower& f);                                        // moves new events to the client
  void conclude(Follower& f);                                    // the job is finished
  void answer_job(Follower& f, const JobView& job, int status);  // the job as a whole response
  void answer_as_it_stands(Follower& f);
  void lost(Follower& f, const Error& error);  // the job is gone
  void flush(Follower& f);
  void on_socket(Follower& f, std::uint32_t events);
  void on_timer(Follower& f, Clock::time_point now);
  void client_gone(Follower& f, std::string_view note, OnDisconnect consequence);
  void drop_outlet(Follower& f);
  void cancel(const std::string& job);

  // Of followers with a talk: talking.cpp.
  static constexpr int kSwitchingProtocols = 101;
  void begin_talk(Follower& f);
  [[nodiscard]] bool listens_to(const Follower& f) const;
  void hear(Follower& f);    // takes what the client sent
  void attend(Follower& f);  // does what it said
  void catch_up(Follower& f);
  void offer_input(Follower& f);
  void obey(Follower& f, const ws::Message& message);
  void obey(Follower& f, const std::string& text);
  void end_talk(Follower& f, const ws::Fault& fault);
  void left(Follower& f, OnDisconnect consequence);
  void beat(Follower& f, Clock::time_point now);

  void update_epoll(Follower& f);
  void rearm(Follower& f);
  [[nodiscard]] std::uint32_t interest_in(const Follower& f) const;
  [[nodiscard]] std::optional<Clock::time_point> next_due(const Follower& f) const;

  engine::Service& service_;
  const HubSettings settings_;
  Inbox inbox_;
  UniqueFd epoll_;
  std::atomic<std::size_t> clients_{0};
  std::unordered_map<std::uint64_t, std::unique_ptr<Follower>> followers_;
  std::set<std::pair<Clock::time_point, std::uint64_t>> timers_;
  std::unordered_map<std::string, std::size_t> talkers_;  ///< of each job that has any
  std::uint64_t last_id_{0};
  std::optional<Clock::time_point> stop_at_;
  std::mutex joining_;
  Chores chores_;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace cex::hub
