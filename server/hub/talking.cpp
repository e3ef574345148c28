// SPDX-License-Identifier: Apache-2.0

// The part of the hub's loop that listens to clients: WebSockets of interactive jobs.

#include <array>

#include "server/dto/io_message.hpp"
#include "server/hub/io_events.hpp"
#include "server/hub/loop.hpp"
#include "server/ws/handshake.hpp"

namespace cex::hub {
namespace {

constexpr std::size_t kReadBytes = std::size_t{16} << 10U;

template <class... Handlers>
struct Overloaded : Handlers... {
  using Handlers::operator()...;
};

}  // namespace

void Hub::Loop::begin_talk(Follower& f) {
  auto dialogue = service_.converse(f.follow.job, [this, id = f.id] { inbox_.notify(id); });
  if (!dialogue) return lost(f, dialogue.error());
  f.talk->dialogue = *std::move(dialogue);
  f.talk->counted = true;
  ++talkers_[f.follow.job];
  f.status = kSwitchingProtocols;
  f.outlet->append(ws::render_upgrade(f.talk->accept, f.follow.context.request_id));
  f.head_sent = true;
  f.talk->reader.add(f.outlet->take_unread());
}

// A client that does not read what it is told, or whose program does not read what it says, is not
// listened to either: what it sends waits in the kernel, and then at its own end.
bool Hub::Loop::listens_to(const Follower& f) const {
  return f.talk->input.empty() && f.outlet->backlog() < settings_.max_backlog;
}

void Hub::Loop::hear(Follower& f) {
  if (!listens_to(f) && !f.lingering) return;
  std::array<char, kReadBytes> block;
  const ssize_t got = f.outlet->receive(block.data(), block.size());
  if (got == 0) {
    return f.lingering ? drop_outlet(f) : client_gone(f, "client gone", f.follow.on_disconnect);
  }
  // What comes after our own end is read and dropped: closing with it unread would make the kernel
  // send a reset, which may overtake the result.
  if (got < 0 || f.answered) return;
  f.talk->pinged.reset();
  f.talk->reader.add({block.data(), static_cast<std::size_t>(got)});
  attend(f);
  catch_up(f);
}

// TLS hands out what it decrypted long after the kernel had it, and epoll says nothing of that.
void Hub::Loop::catch_up(Follower& f) {
  if (f.outlet && !f.answered && listens_to(f) && f.outlet->has_buffered()) hear(f);
}

void Hub::Loop::attend(Follower& f) {
  offer_input(f);
  while (f.outlet && !f.answered && listens_to(f)) {
    auto message = f.talk->reader.next();
    if (!message) {
      end_talk(f, message.error());
      break;
    }
    if (!*message) break;
    obey(f, **message);
  }
  if (f.outlet) flush(f);
}

void Hub::Loop::offer_input(Follower& f) {
  std::string& input = f.talk->input;
  if (!input.empty()) input.erase(0, f.talk->dialogue->write(input));
  if (input.empty()) input.shrink_to_fit();
}

void Hub::Loop::obey(Follower& f, const ws::Message& message) {
  switch (message.kind) {
    case ws::Message::Kind::text:
      return obey(f, message.data);
    case ws::Message::Kind::ping:
      return f.outlet->append(ws::pong_frame(message.data));
    case ws::Message::Kind::pong:
      return;
    case ws::Message::Kind::close:
      f.note = "client gone";
      f.outlet->append(ws::close_frame(ws::Close::normal, {}));
      f.answered = true;
      return left(f, f.follow.on_disconnect);
  }
}

void Hub::Loop::obey(Follower& f, const std::string& text) {
  auto message = dto::parse_io_message(text);
  if (!message) return end_talk(f, {ws::Close::policy, message.error()});
  engine::Dialogue& dialogue = *f.talk->dialogue;
  std::visit(Overloaded{[&](dto::IoInput& input) {
                          f.talk->input = std::move(input.bytes);
                          offer_input(f);
                        },
                        [&](dto::IoEnd) { dialogue.end_input(); },
                        [&](dto::IoSignal signal) {
                          if (dialogue.signal(signal.number)) return;
                          end_talk(f, {ws::Close::policy, "too many signals wait for the program"});
                        },
                        [&](WindowSize size) {
                          if (dialogue.resize(size)) return;
                          end_talk(f,
                                   {ws::Close::policy,
                                    "the job has no terminal: ask for one with interactive.pty"});
                        }},
             *message);
}

// The client's mistake: it is told what it was, and its connection ends.
void Hub::Loop::end_talk(Follower& f, const ws::Fault& fault) {
  f.outlet->append(render_io_error("invalid_request", fault.reason));
  f.outlet->append(ws::close_frame(fault.code, fault.reason));
  f.note = "invalid message";
  f.answered = true;
  left(f, f.follow.on_disconnect);
}

// Whoever of several clients goes last decides.
void Hub::Loop::left(Follower& f, OnDisconnect consequence) {
  if (f.talk && f.talk->counted) {
    f.talk->counted = false;
    const auto others = talkers_.find(f.follow.job);
    if (--others->second > 0) return;
    talkers_.erase(others);
  }
  if (consequence == OnDisconnect::cancel && !f.job_done) cancel(f.follow.job);
}

// Proxies close quiet connections, and a client whose machine is gone says nothing for ever.
void Hub::Loop::beat(Follower& f, Clock::time_point now) {
  constexpr int kPatience = 2;
  if (!f.talk->pinged) {
    f.talk->pinged = now;
    f.outlet->append(ws::ping_frame());
  } else if (listens_to(f) && now - *f.talk->pinged >= kPatience * settings_.heartbeat) {
    client_gone(f, "client silent", f.follow.on_disconnect);
  }
}

}  // namespace cex::hub
