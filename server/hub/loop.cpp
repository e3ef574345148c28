// SPDX-License-Identifier: Apache-2.0
#include "server/hub/loop.hpp"

#include <sys/epoll.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <system_error>

#include <nlohmann/json.hpp>

#include "core/base/log.hpp"
#include "server/dto/job_view.hpp"
#include "server/http/wire.hpp"
#include "server/hub/io_events.hpp"
#include "server/hub/sse.hpp"

namespace cex::hub {
namespace {

constexpr std::uint64_t kInboxId = 0;
constexpr std::uint64_t kNoEvents = ~std::uint64_t{0};  // "after" this there is only `finished`
constexpr int kClientClosedRequest = 499;               // for the log only, as nginx has it

void control(int epoll, int operation, const Follower& f) {
  epoll_event event{};
  event.events = f.interest;
  event.data.u64 = f.id;
  if (::epoll_ctl(epoll, operation, f.outlet->fd(), &event) != 0) {
    throw std::system_error(errno, std::generic_category(), "epoll_ctl");
  }
}

}  // namespace

Hub::Loop::Loop(engine::Service& service, HubSettings settings)
    : service_{service}, settings_{settings}, epoll_{::epoll_create1(EPOLL_CLOEXEC)} {
  if (!epoll_) throw std::system_error(errno, std::generic_category(), "epoll_create1");
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = kInboxId;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, inbox_.fd(), &event) != 0) {
    throw std::system_error(errno, std::generic_category(), "epoll_ctl");
  }
  thread_ = std::thread{[this] { run(); }};
}

void Hub::Loop::add(std::unique_ptr<Follower> follower) {
  ++clients_;
  if (!inbox_.add(std::move(follower))) --clients_;
}

void Hub::Loop::stop(std::chrono::milliseconds patience) {
  inbox_.stop(patience);
  const std::lock_guard lock{joining_};
  if (thread_.joinable()) thread_.join();
}

void Hub::Loop::run() {
  while (!stop_at_ || (clients_ > 0 && Clock::now() < *stop_at_)) wait_for_work();
  followers_.clear();
}

void Hub::Loop::wait_for_work() {
  int timeout = -1;
  auto next = timers_.empty() ? Clock::time_point::max() : timers_.begin()->first;
  if (stop_at_) next = std::min(next, *stop_at_);
  if (next != Clock::time_point::max()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - Clock::now());
    timeout = static_cast<int>(std::max<std::int64_t>(left.count(), 0));
  }
  std::array<epoll_event, 64> ready{};
  const int count =
      ::epoll_wait(epoll_.get(), ready.data(), static_cast<int>(ready.size()), timeout);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = ready[static_cast<std::size_t>(i)];
    touch(event.data.u64, [&](Follower& f) { on_socket(f, event.events); });
  }
  Inbox::Mail mail = inbox_.collect();
  for (auto& follower : mail.fresh) {
    const std::uint64_t id = ++last_id_;
    follower->id = id;
    followers_.emplace(id, std::move(follower));
    touch(id, [this](Follower& f) { adopt(f); });
  }
  for (const auto id : mail.notified) {
    touch(id, [this](Follower& f) {
      pump(f);
      if (f.outlet && f.talk && !f.answered) attend(f);
      if (f.outlet && f.talk) catch_up(f);
    });
  }
  const auto now = Clock::now();
  while (!timers_.empty() && timers_.begin()->first <= now) {
    touch(timers_.begin()->second, [&](Follower& f) { on_timer(f, now); });
  }
  if (mail.stop) begin_stop(*mail.stop);
}

// Every change to a follower goes through here: afterwards its timer and its epoll entry fit again,
// and trouble with one client (no memory for its answer, say) ends that client only.
template <class Change>
void Hub::Loop::touch(std::uint64_t id, Change change) {
  const auto found = followers_.find(id);
  if (found == followers_.end()) return;
  Follower& f = *found->second;
  try {
    change(f);
    if (f.outlet) update_epoll(f);
  } catch (const std::exception& error) {
    log::error("client dropped", {{"job", f.follow.job}, {"reason", error.what()}});
    if (f.outlet) drop_outlet(f);
  }
  rearm(f);
  if (!f.outlet) followers_.erase(found);
}

void Hub::Loop::adopt(Follower& f) {
  f.interest = interest_in(f);
  control(epoll_.get(), EPOLL_CTL_ADD, f);
  const auto what = f.want == Want::result ? engine::Watched::end : engine::Watched::every_event;
  auto watch = service_.watch(f.follow.job, what, [this, id = f.id] { inbox_.notify(id); });
  if (watch) {
    f.watch = *std::move(watch);
    if (f.talk) {
      begin_talk(f);
    } else if (f.want == Want::events) {
      const http::Response head{
          .content_type = "text/event-stream",
          .body = {},
          .headers = {{"X-Accel-Buffering", "no"}, {"Location", "/v1/jobs/" + f.follow.job}},
          .job = {}};
      f.outlet->append(
          http::render_head(head, f.follow.context.request_id, http::KeepAlive::no, {}));
      f.head_sent = true;
    }
    pump(f);
    if (f.outlet && f.talk) attend(f);
    if (f.outlet && f.talk) catch_up(f);
  } else {
    lost(f, watch.error());
    flush(f);
  }
}

void Hub::Loop::pump(Follower& f) {
  const bool streams = f.want == Want::events;
  while (!f.job_done && !f.answered) {
    if (streams && f.outlet->backlog() >= settings_.max_backlog) break;
    const auto page = service_.events(f.follow.job, streams ? f.follow.after : kNoEvents);
    if (!page) {
      // A store that cannot be asked now says so when it can again.
      if (page.error().code != Errc::not_ready) lost(f, page.error());
      break;
    }
    for (const JobEvent& event : page->events) {
      f.follow.after = event.sequence;
      if (event.kind == JobEvent::Kind::result) continue;
      f.outlet->append(f.talk ? render_io_event(event) : render_event(event));
    }
    if (!page->events.empty()) f.last_event = Clock::now();
    if (page->finished) conclude(f);
    if (page->events.empty()) break;
  }
  flush(f);
}

void Hub::Loop::conclude(Follower& f) {
  f.job_done = true;
  const auto job = service_.get(f.follow.job);
  if (!job) return lost(f, job.error());
  if (f.talk) {
    f.outlet->append(render_io_result(f.follow.after, dto::to_json_value(*job)));
    f.outlet->append(ws::close_frame(ws::Close::normal, {}));
    f.answered = true;
  } else if (f.want == Want::events) {
    f.outlet->append(render_event(f.follow.after, "result", dto::to_json_value(*job)));
    f.answered = true;
  } else {
    answer_job(f, *job, 200);
  }
}

void Hub::Loop::answer_job(Follower& f, const JobView& job, int status) {
  f.status = status;
  const http::Response response{.status = status,
                                .body = dto::dump(dto::to_json_value(job)),
                                .headers = {{"Location", "/v1/jobs/" + job.id}},
                                .job = {}};
  f.outlet->append(http::render(response, f.follow.context.request_id, http::KeepAlive::no));
  f.answered = true;
}

void Hub::Loop::lost(Follower& f, const Error& error) {
  f.job_done = true;
  const http::Problem problem = http::problem_of(error);
  const std::string& id = f.follow.context.request_id;
  if (f.head_sent && f.talk) {
    const auto code = error.code == Errc::not_ready ? ws::Close::going_away : ws::Close::internal;
    f.outlet->append(render_io_error(http::problem_type(problem.kind).code, problem.detail));
    f.outlet->append(ws::close_frame(code, problem.detail));
  } else if (f.head_sent) {
    f.outlet->append(render_stream_error(http::problem_type(problem.kind).code, problem.detail));
  } else {
    f.status = http::problem_type(problem.kind).status;
    f.outlet->append(http::render(http::to_response(problem, id), id, http::KeepAlive::no));
  }
  f.note = http::problem_type(problem.kind).code;
  f.answered = true;
}

void Hub::Loop::flush(Follower& f) {
  if (f.lingering) return;
  const auto now = Clock::now();
  if (!f.outlet->flush(now)) {
    return client_gone(f, "client gone", f.follow.on_disconnect);
  }
  if (f.answered && f.outlet->backlog() == 0) {
    f.outlet->log().write(f.status, f.follow.job, f.note);
    f.outlet->finish_writing();
    f.lingering = true;
    f.linger_until = now + settings_.linger;
  }
}

void Hub::Loop::on_socket(Follower& f, std::uint32_t events) {
  constexpr std::uint32_t kIncoming = EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR;
  // Its end is the one that is read, behind everything that it said before.
  if (f.talk && (events & kIncoming) != 0 && (listens_to(f) || f.lingering)) {
    hear(f);
    if (!f.outlet || (events & EPOLLOUT) == 0) return;
  } else if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) {
    if (f.lingering) return drop_outlet(f);
    return client_gone(f, "client gone", f.follow.on_disconnect);
  }
  flush(f);
  // A full backlog stopped the pump; there is room again.
  if (f.outlet && f.outlet->backlog() < settings_.max_backlog) pump(f);
  if (f.outlet && f.talk) attend(f);
  if (f.outlet && f.talk) catch_up(f);
}

void Hub::Loop::on_timer(Follower& f, Clock::time_point now) {
  if (f.lingering) return drop_outlet(f);
  if (f.outlet->backlog() > 0 && now - f.outlet->last_progress() >= settings_.stall) {
    // Not a disconnect: a slow reader resumes with Last-Event-ID, so its job goes on.
    return client_gone(f, "client too slow", OnDisconnect::keep);
  }
  if (f.answered) return;
  if (f.want == Want::events && now - f.last_event >= settings_.heartbeat) {
    f.last_event = now;
    if (f.talk) {
      beat(f, now);
      if (!f.outlet) return;
    } else if (f.outlet->backlog() == 0) {
      f.outlet->append(kHeartbeat);
    }
  } else if (f.want == Want::result && now >= f.deadline) {
    answer_as_it_stands(f);
  }
  flush(f);
}

void Hub::Loop::answer_as_it_stands(Follower& f) {
  if (const auto job = service_.get(f.follow.job)) {
    answer_job(f, *job, 202);
  } else {
    lost(f, job.error());
  }
}

void Hub::Loop::client_gone(Follower& f, std::string_view note, OnDisconnect consequence) {
  f.outlet->log().write(kClientClosedRequest, f.follow.job, note);
  left(f, consequence);
  drop_outlet(f);
}

void Hub::Loop::cancel(const std::string& job) {
  chores_.add([this, job] {
    if (const auto done = service_.cancel(job); !done) {
      log::debug("cancel came too late", {{"job", job}, {"reason", done.error().message}});
    }
  });
}

void Hub::Loop::drop_outlet(Follower& f) {
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, f.outlet->fd(), nullptr);
  left(f, OnDisconnect::keep);
  f.outlet.reset();
  --clients_;
}

void Hub::Loop::begin_stop(std::chrono::milliseconds patience) {
  stop_at_ = Clock::now() + patience;
  std::vector<std::uint64_t> ids;
  for (const auto& [id, follower] : followers_) ids.push_back(id);
  for (const auto id : ids) {
    touch(id, [this](Follower& f) {
      if (f.answered) return;
      // Who waits for the job can ask the next server; a stream has no other words than an error.
      if (f.want == Want::result) {
        answer_as_it_stands(f);
      } else {
        lost(f, Error{Errc::not_ready, "the server is shutting down", 0, {}, 0});
      }
      flush(f);
    });
  }
}

void Hub::Loop::update_epoll(Follower& f) {
  const std::uint32_t interest = interest_in(f);
  if (interest == f.interest) return;
  f.interest = interest;
  control(epoll_.get(), EPOLL_CTL_MOD, f);
}

std::uint32_t Hub::Loop::interest_in(const Follower& f) const {
  const std::uint32_t output = f.outlet->backlog() > 0 ? EPOLLOUT : 0U;
  if (!f.talk) return output | EPOLLRDHUP;
  if (listens_to(f) || f.lingering) return output | EPOLLIN | EPOLLRDHUP;
  // It may have gone with input still waiting for its program, which goes on without it.
  return f.follow.on_disconnect == OnDisconnect::keep ? output : output | EPOLLRDHUP;
}

void Hub::Loop::rearm(Follower& f) {
  const auto due = next_due(f);
  if (due == f.due) return;
  if (f.due) timers_.erase({*f.due, f.id});
  if (due) timers_.emplace(*due, f.id);
  f.due = due;
}

std::optional<Hub::Clock::time_point> Hub::Loop::next_due(const Follower& f) const {
  if (!f.outlet) return std::nullopt;
  if (f.lingering) return f.linger_until;
  std::optional<Clock::time_point> due;
  const auto earlier = [&](Clock::time_point instant) {
    due = due ? std::min(*due, instant) : instant;
  };
  if (f.outlet->backlog() > 0) earlier(f.outlet->last_progress() + settings_.stall);
  if (!f.answered && f.want == Want::events) earlier(f.last_event + settings_.heartbeat);
  if (!f.answered && f.want == Want::result) earlier(f.deadline);
  return due;
}

}  // namespace cex::hub
