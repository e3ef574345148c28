// SPDX-License-Identifier: Apache-2.0
#include "server/http/guarded_socket.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <thread>

#include <Poco/Net/NetException.h>
#include <Poco/Net/ServerSocketImpl.h>

namespace cex::http {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kReadBytes = 16 * 1024;
constexpr std::size_t kLingerBytes = 256 * 1024;
constexpr milliseconds kLingerTime{1000};

class GuardedListener : public Poco::Net::ServerSocketImpl {
 public:
  explicit GuardedListener(std::shared_ptr<const GuardSettings> settings)
      : settings_{std::move(settings)} {}

  Poco::Net::SocketImpl* acceptConnection(Poco::Net::SocketAddress& peer) override {
    sockaddr_storage address{};
    socklen_t length = sizeof address;
    const int fd =
        ::accept4(sockfd(), reinterpret_cast<sockaddr*>(&address), &length, SOCK_CLOEXEC);
    if (fd < 0) {
      const int error = errno;
      if (error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM) {
        // The connection stays in the backlog and poll() reports it at once: without a pause the
        // accept thread would spin until somebody closes a descriptor.
        std::this_thread::sleep_for(milliseconds{50});
      }
      throw Poco::Net::NetException("accept", std::strerror(error), error);
    }
    peer = Poco::Net::SocketAddress(reinterpret_cast<const sockaddr*>(&address), length);
    return new GuardedSocket(fd, settings_);  // Poco counts the references and deletes it
  }

 protected:
  ~GuardedListener() override = default;

 private:
  std::shared_ptr<const GuardSettings> settings_;
};

}  // namespace

GuardedSocket::GuardedSocket(int fd, std::shared_ptr<const GuardSettings> settings)
    : StreamSocketImpl{fd}, settings_{std::move(settings)} {
  if (settings_->tls) {
    channel_ = settings_->tls->accept(fd);
  } else {
    channel_ = std::make_unique<PlainChannel>(fd);
  }
}

int GuardedSocket::receiveBytes(void* buffer, int length, int /*flags*/) {
  while (released_ == 0) {
    if (phase_ == Phase::dead || at_end_) return 0;
    if (phase_ == Phase::head) {
      advance_head();
    } else {
      advance_body();
    }
  }
  const std::size_t count = std::min(released_, static_cast<std::size_t>(std::max(length, 0)));
  std::memcpy(buffer, raw_.data(), count);
  raw_.erase(0, count);
  released_ -= count;
  return static_cast<int>(count);
}

bool GuardedSocket::poll(const Poco::Timespan& timeout, int mode) {
  const bool something = !raw_.empty() || phase_ == Phase::dead || channel_->has_buffered();
  if ((mode & SELECT_READ) != 0 && something) return true;
  return StreamSocketImpl::poll(timeout, mode);
}

std::string GuardedSocket::take_unread() {
  std::string unread = raw_.substr(released_);
  raw_.resize(released_);
  return unread;
}

// One step towards a complete, accepted head at the front of raw_.
void GuardedSocket::advance_head() {
  if (!deadline_set_) {
    deadline_ = Clock::now() + settings_->header_timeout;
    deadline_set_ = true;
  }
  const auto end = raw_.find("\r\n\r\n", inspected_ > 3 ? inspected_ - 3 : 0);
  if (end == std::string::npos) {
    if (auto broken = check_partial_head(raw_, inspected_)) return refuse(std::move(*broken));
    inspected_ = raw_.size();
    if (receive_more(deadline_)) return;
    if (!at_end_) refuse({ProblemKind::request_timeout, "the request head did not arrive in time"});
    return;
  }
  const std::size_t head_bytes = end + 4;
  auto framing = check_head(std::string_view{raw_}.substr(0, head_bytes));
  if (!framing) return refuse(std::move(framing).error());
  framing_ = *framing;
  body_left_ = framing_.length;
  chunks_ = ChunkScanner{};
  inspected_ = 0;
  released_ = head_bytes;
  const bool has_body = framing_.kind == Framing::Kind::chunked || body_left_ > 0;
  phase_ = has_body ? Phase::body : Phase::head;
  deadline_set_ = false;
}

// One step towards further released bytes of the body.
void GuardedSocket::advance_body() {
  if (!deadline_set_) {
    deadline_ = Clock::now() + settings_->body_timeout;
    deadline_set_ = true;
  }
  if (raw_.empty() && !receive_more(deadline_)) {
    if (!at_end_)
      refusal_ = Refusal{ProblemKind::request_timeout, "the body did not arrive in time"};
    phase_ = at_end_ ? phase_ : Phase::dead;
    return;
  }
  bool complete = false;
  if (framing_.kind == Framing::Kind::length) {
    released_ = static_cast<std::size_t>(std::min<std::uint64_t>(raw_.size(), body_left_));
    body_left_ -= released_;
    complete = body_left_ == 0;
  } else {
    released_ = chunks_.scan(raw_);
    complete = chunks_.status() == ChunkScanner::Status::complete;
    if (chunks_.status() == ChunkScanner::Status::broken) {
      refusal_ =
          Refusal{ProblemKind::invalid_request,
                  "the chunked body is malformed (extensions and trailers are not accepted)"};
      released_ = 0;
      phase_ = Phase::dead;
      return;
    }
  }
  if (complete) {
    phase_ = Phase::head;
    deadline_set_ = false;
  }
}

// Poco would answer a broken head with a bare status line, so it never hears of one: to Poco the
// connection has ended.
void GuardedSocket::refuse(Refusal refusal) {
  refusal_ = std::move(refusal);
  answer(settings_->answer(*refusal_), Afterwards::close);
}

bool GuardedSocket::answer(const std::string& bytes, Afterwards afterwards) {
  if (!send_all(bytes)) return false;
  if (afterwards == Afterwards::close) linger();
  return true;
}

int GuardedSocket::sendBytes(const void* buffer, int length, int /*flags*/) {
  const auto size = static_cast<std::size_t>(std::max(length, 0));
  if (!send_all({static_cast<const char*>(buffer), size})) {
    throw Poco::Net::ConnectionResetException();
  }
  return length;
}

bool GuardedSocket::send_all(std::string_view bytes) {
  // A reader that takes nothing is cut after the timeout, one that takes a byte now and then by the
  // minimum rate.
  const auto last_moment =
      Clock::now() + settings_->send_timeout + milliseconds{1000 * bytes.size() / kMinSendRate};
  auto deadline = Clock::now() + settings_->send_timeout;
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const Moved moved = channel_->send(bytes.data() + sent, bytes.size() - sent);
    if (moved.state == Moved::State::some) {
      sent += moved.bytes;
      deadline = std::min(last_moment, Clock::now() + settings_->send_timeout);
    } else if (moved.state != Moved::State::blocked || !wait_for(moved.events, deadline)) {
      phase_ = Phase::dead;
      return false;
    }
  }
  return true;
}

// Closing with unread bytes in the receive buffer makes the kernel send a reset, which may overtake
// the answer.
void GuardedSocket::linger() {
  phase_ = Phase::dead;
  channel_->finish_sending();
  const auto deadline = Clock::now() + kLingerTime;
  std::array<char, kReadBytes> sink{};
  std::size_t total = 0;
  while (total < kLingerBytes && wait_for(POLLIN, deadline)) {
    const ssize_t count = ::recv(sockfd(), sink.data(), sink.size(), MSG_DONTWAIT);
    if (count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN)) return;
    if (count > 0) total += static_cast<std::size_t>(count);
  }
}

// False at the deadline, and at the end of the connection (then at_end_ is set).
bool GuardedSocket::receive_more(Clock::time_point deadline) {
  std::array<char, kReadBytes> block;
  while (Clock::now() < deadline) {
    const Moved moved = channel_->receive(block.data(), block.size());
    if (moved.state == Moved::State::some) {
      raw_.append(block.data(), moved.bytes);
      return true;
    }
    if (moved.state != Moved::State::blocked) {
      if (channel_->met_plain_http()) answer_in_the_clear();
      at_end_ = true;
      return false;
    }
    if (!wait_for(moved.events, deadline)) return false;
  }
  return false;
}

// A browser or curl that forgot the "s" is told so in words, where it can read them.
void GuardedSocket::answer_in_the_clear() {
  const std::string bytes = settings_->answer(
      {ProblemKind::invalid_request, "this port speaks TLS: write https:// instead of http://"});
  (void)::send(sockfd(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  linger();
}

bool GuardedSocket::wait_for(short events, Clock::time_point deadline) {
  while (true) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) return false;
    pollfd entry{sockfd(), events, 0};
    const int ready = ::poll(&entry, 1, static_cast<int>(left.count()));
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

GuardedServerSocket::GuardedServerSocket(std::shared_ptr<const GuardSettings> settings)
    : ServerSocket(new GuardedListener(std::move(settings)), true) {}

}  // namespace cex::http
