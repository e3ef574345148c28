// SPDX-License-Identifier: Apache-2.0
#include "core/network/connection.hpp"

#include <sys/socket.h>

#include <algorithm>

#include "core/base/ip_address.hpp"
#include "core/network/client_hello.hpp"

namespace cex::network {
namespace {

constexpr std::uint16_t kTlsPort = 443;

// Hosts come from the program; a record is printable ASCII.
std::string recordable(std::string_view host) {
  std::string text{host.substr(0, 255)};
  std::ranges::replace_if(
      text, [](char c) { return c <= ' ' || c >= '\x7f'; }, '?');
  return text;
}

}  // namespace

Connection::Connection(UniqueFd client, Shared& shared, Clock::time_point now)
    : client_{std::move(client)},
      shared_{shared},
      connect_by_{now + shared.settings.connect_timeout},
      last_byte_{now} {
  contact_.reason = "ended before it asked for anything";
}

bool Connection::wants_client_bytes() const {
  if (client_ended_ || !from_client_.has_room()) return false;
  return state_ == State::greeting || (state_ == State::relaying && body_left_ > 0);
}

pollfd Connection::client_wait() const {
  short events = 0;
  if (wants_client_bytes()) events |= POLLIN;
  if (!to_client_.empty()) events |= POLLOUT;
  return {events == 0 ? -1 : client_.get(), events, 0};
}

pollfd Connection::upstream_wait() const {
  if (state_ == State::dialing) return {dialer_->socket(), POLLOUT, 0};
  if (state_ != State::relaying) return {-1, 0, 0};
  short events = 0;
  if (!upstream_ended_ && to_client_.has_room()) events |= POLLIN;
  if (gate_ == Gate::open && !from_client_.empty()) events |= POLLOUT;
  return {events == 0 ? -1 : upstream_.get(), events, 0};
}

Connection::Clock::time_point Connection::deadline() const {
  if (state_ == State::relaying) return last_byte_ + shared_.settings.idle_timeout;
  return state_ == State::dialing ? std::min(connect_by_, dialer_->deadline()) : connect_by_;
}

void Connection::advance(Clock::time_point now) {
  if (state_ == State::greeting) greet();
  if (state_ == State::resolving) await_name();
  if (state_ == State::dialing) dial(now);
  if (state_ == State::relaying) relay(now);
  if (state_ == State::answering) answer();
  if (state_ == State::finished) return;
  if (state_ == State::relaying) {
    if (now - last_byte_ >= shared_.settings.idle_timeout) end("idle for too long");
  } else if (now >= connect_by_) {
    if (state_ == State::greeting || state_ == State::answering) return end();
    refuse(Greeter::Trouble::timed_out, "no connection in time");
    if (state_ == State::answering) answer();
    end();
  }
}

void Connection::greet() {
  std::size_t moved = 0;
  const auto io = from_client_.fill(client_.get(), ByteQueue::kCapacity, moved);
  if (io != ByteQueue::Io::moved) return end();
  switch (greeter_.read(from_client_, to_client_)) {
    case Greeter::State::listening:
      static_cast<void>(to_client_.drain(client_.get(), UINT64_MAX, moved));
      return;
    case Greeter::State::refused:
      contact_.host = recordable(greeter_.host());
      contact_.port = greeter_.port();
      contact_.reason = greeter_.why();
      state_ = State::answering;
      return;
    case Greeter::State::asked:
      return decide();
  }
}

void Connection::decide() {
  contact_.host = recordable(greeter_.host());
  contact_.port = greeter_.port();
  auto host =
      normal_host(greeter_.host(), greeter_.has_brackets() ? Brackets::required : Brackets::none);
  if (!host) return refuse(Greeter::Trouble::forbidden, "not a host: " + host.error().message);
  wanted_ = {*std::move(host), greeter_.port()};
  contact_.host = wanted_.host;
  const auto& allowed = shared_.settings.allow;
  if (std::ranges::find(allowed, wanted_) == allowed.end()) {
    return refuse(Greeter::Trouble::forbidden, "not in the job's list");
  }
  if (const auto address = parse_ip(wanted_.host)) return start_dialing({*address});
  shared_.names.look_up(wanted_.host);
  state_ = State::resolving;
}

void Connection::await_name() {
  const auto* answer = shared_.names.answer(wanted_.host);
  if (answer == nullptr) return;
  if (answer->addresses.empty()) {
    return refuse(Greeter::Trouble::unreachable, "the name does not resolve: " + answer->failure);
  }
  start_dialing(answer->addresses);
}

void Connection::start_dialing(std::vector<IpAddress> addresses) {
  dialer_.emplace(std::move(addresses), wanted_.port, shared_.settings.permitted);
  state_ = State::dialing;
}

void Connection::dial(Clock::time_point now) {
  const auto dialed = dialer_->advance(now);
  if (dialed == Dialer::State::connecting) return;
  contact_.address = dialer_->address();
  if (dialed == Dialer::State::failed) {
    return refuse(dialer_->refused() ? Greeter::Trouble::forbidden : Greeter::Trouble::unreachable,
                  dialer_->failure());
  }
  upstream_ = dialer_->take();
  dialer_.reset();
  contact_.allowed = true;
  contact_.reason.clear();
  to_client_.push(greeter_.yes());
  if (greeter_.is_tunnel()) {
    if (!is_ip_literal(wanted_)) gate_ = Gate::checking;
  } else {
    // The body may have begun to arrive behind the head; what comes after it is not ours to send.
    const auto early = std::min<std::uint64_t>(from_client_.size(), greeter_.body_size());
    from_client_.keep_only(static_cast<std::size_t>(early));
    body_left_ = greeter_.body_size() - early;
    const std::string body{from_client_.view()};
    from_client_.drop(from_client_.size());
    from_client_.push(greeter_.head());
    from_client_.push(body);
  }
  last_byte_ = now;
  state_ = State::relaying;
}

void Connection::relay(Clock::time_point now) {
  if (!upload(now) || !download(now)) return;
  if (shared_.bytes_left == 0) return end("the run's bytes are used up");
  const bool all_up = client_ended_ && from_client_.empty();
  if (all_up && gate_ == Gate::open && !upstream_told_) {
    upstream_told_ = true;
    static_cast<void>(::shutdown(upstream_.get(), SHUT_WR));  // a broken connection shows itself
  }
  const bool all_down = upstream_ended_ && to_client_.empty();
  if (all_down && !client_told_) {
    client_told_ = true;
    static_cast<void>(::shutdown(client_.get(), SHUT_WR));
  }
  // The answer to a plain request ends the connection; a tunnel ends with both of its directions.
  if (all_down && (all_up || !greeter_.is_tunnel())) end();
}

// False once the connection is over.
bool Connection::upload(Clock::time_point now) {
  std::size_t moved = 0;
  if (wants_client_bytes()) {
    const auto io = from_client_.fill(client_.get(), body_left_, moved);
    if (io == ByteQueue::Io::failed) return end("the program broke it off"), false;
    if (io == ByteQueue::Io::ended) client_ended_ = true;
    if (body_left_ != UINT64_MAX) body_left_ -= moved;
    if (moved > 0) last_byte_ = now;
  }
  if (gate_ == Gate::checking) check_hello();
  if (state_ == State::finished) return false;
  if (gate_ == Gate::checking) return true;
  if (from_client_.drain(upstream_.get(), shared_.bytes_left, moved) == ByteQueue::Io::failed) {
    return end("the other side broke it off"), false;
  }
  if (moved > 0) last_byte_ = now;
  shared_.bytes_left -= moved;
  contact_.sent_bytes += moved;
  return true;
}

bool Connection::download(Clock::time_point now) {
  std::size_t moved = 0;
  if (!upstream_ended_) {
    const auto io = to_client_.fill(upstream_.get(), shared_.bytes_left, moved);
    if (io == ByteQueue::Io::failed) return end("the other side broke it off"), false;
    if (io == ByteQueue::Io::ended) upstream_ended_ = true;
    if (moved > 0) last_byte_ = now;
    shared_.bytes_left -= moved;
    contact_.received_bytes += moved;
  }
  if (to_client_.drain(client_.get(), UINT64_MAX, moved) == ByteQueue::Io::failed) {
    return end("the program broke it off"), false;
  }
  if (moved > 0) last_byte_ = now;
  return true;
}

// TLS names its server in the clear: one address serves many names, and only one of them is listed.
void Connection::check_hello() {
  if (from_client_.size() < hello_wanted_ && !client_ended_) return;
  const auto bytes = from_client_.view();
  const bool tls = !bytes.empty() && bytes.front() == kTlsHandshake;
  if (!tls) {
    if (wanted_.port == kTlsPort) return turn_away("port 443 without TLS");
    gate_ = Gate::open;
    return;
  }
  const auto hello = read_client_hello(bytes);
  if (hello.progress == Progress::incomplete && !client_ended_) {
    hello_wanted_ = hello.wanted;
    return;
  }
  if (hello.progress != Progress::complete) return turn_away("TLS that cannot be read");
  if (hello.encrypted) return turn_away("TLS with an encrypted server name");
  const auto name = normal_host(hello.server_name, Brackets::none);
  if (!name || *name != wanted_.host)
    return turn_away("TLS for another server than the listed one");
  gate_ = Gate::open;
}

// Too late for an answer in the proxy's own protocol; nothing of the program's has been sent on.
void Connection::turn_away(const char* why) {
  contact_.allowed = false;
  end(why);
}

void Connection::answer() {
  std::size_t moved = 0;
  const auto io = to_client_.drain(client_.get(), UINT64_MAX, moved);
  if (io == ByteQueue::Io::failed || to_client_.empty()) end();
}

void Connection::refuse(Greeter::Trouble trouble, const std::string& why) {
  contact_.reason = why;
  to_client_.push(greeter_.no(trouble, why));
  dialer_.reset();
  state_ = State::answering;
}

void Connection::end(const char* why) {
  if (why != nullptr) contact_.reason = why;
  client_.reset();
  upstream_.reset();
  dialer_.reset();
  state_ = State::finished;
}

void Connection::cut(const char* why) {
  if (state_ == State::finished) return;
  end(contact_.allowed || state_ == State::resolving || state_ == State::dialing ? why : nullptr);
}

}  // namespace cex::network
