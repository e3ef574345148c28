// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/StreamSocketImpl.h>

#include "server/http/channel.hpp"
#include "server/http/chunk_scanner.hpp"
#include "server/http/connection_ledger.hpp"
#include "server/http/head_rules.hpp"
#include "server/http/tls.hpp"

namespace cex::http {

struct GuardSettings {
  std::chrono::milliseconds header_timeout{10'000};  ///< for a whole head
  std::chrono::milliseconds body_timeout{30'000};    ///< for a whole body
  /// Without a byte taken by the reader; a whole answer may take this long plus its bytes at
  /// kMinSendRate.
  std::chrono::milliseconds send_timeout{10'000};
  /// The whole answer, as bytes, to a head that was refused.
  std::function<std::string(const Refusal&)> answer;
  std::shared_ptr<const Tls> tls;  ///< null: connections are in the clear
};

/// Bytes a second that a reader must manage.
inline constexpr std::uint64_t kMinSendRate = std::uint64_t{16} * 1024;

/// The socket under Poco's HTTP parser. Poco sees a request's bytes only after the raw head passed
/// check_head(), never bytes behind the body's end, and never waits beyond a deadline for handshake
/// and head, body or answer: a client that sends or reads one byte a second costs a bounded time.
class GuardedSocket : public Poco::Net::StreamSocketImpl {
 public:
  GuardedSocket(int fd, std::shared_ptr<const GuardSettings> settings);

  void adopt(std::unique_ptr<ConnectionLedger::Ticket> ticket) { ticket_ = std::move(ticket); }

  /// For whoever goes on writing when this socket has left the HTTP server's threads. Lives as long
  /// as this.
  [[nodiscard]] Channel& channel() noexcept { return *channel_; }

  /// Has the body of the request at hand arrived to its end? True for a request without one.
  [[nodiscard]] bool body_complete() const noexcept { return phase_ == Phase::head; }
  /// Why the body was cut short, where the wire says so.
  [[nodiscard]] const std::optional<Refusal>& refusal() const noexcept { return refusal_; }

  /// Bytes that arrived behind the request at hand; nobody else will read them.
  [[nodiscard]] std::string take_unread();

  enum class Afterwards : std::uint8_t { keep, close };
  /// Sends an answer within the send deadline; false if the client is gone or too slow. With
  /// `close` it then closes gently: half first, and reads a little more, so that the client sees
  /// the answer and not a reset.
  bool answer(const std::string& bytes, Afterwards afterwards);

  int receiveBytes(void* buffer, int length, int flags) override;
  /// What Poco says by itself ("100 Continue"). Throws Poco's exception if the client is gone.
  int sendBytes(const void* buffer, int length, int flags) override;
  bool poll(const Poco::Timespan& timeout, int mode) override;
  using StreamSocketImpl::receiveBytes;
  using StreamSocketImpl::sendBytes;

 protected:
  ~GuardedSocket() override = default;

 private:
  enum class Phase : std::uint8_t { head, body, dead };
  using Clock = std::chrono::steady_clock;

  void advance_head();
  void advance_body();
  void refuse(Refusal refusal);
  bool send_all(std::string_view bytes);
  bool receive_more(Clock::time_point deadline);
  bool wait_for(short events, Clock::time_point deadline);
  void answer_in_the_clear();
  void linger();

  std::shared_ptr<const GuardSettings> settings_;
  std::unique_ptr<Channel> channel_;
  std::unique_ptr<ConnectionLedger::Ticket> ticket_;
  Phase phase_{Phase::head};
  std::string raw_;           // received, not yet handed to Poco
  std::size_t released_{0};   // how many of the first bytes of raw_ Poco may have
  std::size_t inspected_{0};  // how much of an incomplete head has been looked at
  Framing framing_;
  std::uint64_t body_left_{0};
  ChunkScanner chunks_;
  Clock::time_point deadline_;
  bool deadline_set_{false};
  bool at_end_{false};
  std::optional<Refusal> refusal_;
};

/// A listening socket whose connections are GuardedSockets.
class GuardedServerSocket : public Poco::Net::ServerSocket {
 public:
  explicit GuardedServerSocket(std::shared_ptr<const GuardSettings> settings);
};

}  // namespace cex::http
