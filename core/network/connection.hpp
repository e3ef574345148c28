// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <poll.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "core/base/unique_fd.hpp"
#include "core/model/network_report.hpp"
#include "core/network/byte_queue.hpp"
#include "core/network/dialer.hpp"
#include "core/network/greeter.hpp"
#include "core/network/names.hpp"
#include "core/network/settings.hpp"

namespace cex::network {

/// What the connections of one run share.
struct Shared {
  const ProxySettings& settings;
  Names& names;
  std::uint64_t bytes_left;  ///< of max_bytes
};

/// One connection of a program to the proxy, and the one made for it. Driven by a poll loop; never
/// waits. Everything that it did is in contact().
class Connection {
 public:
  using Clock = std::chrono::steady_clock;

  Connection(UniqueFd client, Shared& shared, Clock::time_point now);

  /// What to wait for; a descriptor of -1 means nothing.
  [[nodiscard]] pollfd client_wait() const;
  [[nodiscard]] pollfd upstream_wait() const;
  [[nodiscard]] Clock::time_point deadline() const;

  /// Goes as far as it can without waiting.
  void advance(Clock::time_point now);
  [[nodiscard]] bool finished() const { return state_ == State::finished; }
  /// Ends it from outside. `why` goes into the record.
  void cut(const char* why);
  [[nodiscard]] const NetworkContact& contact() const { return contact_; }

 private:
  enum class State : std::uint8_t { greeting, resolving, dialing, relaying, answering, finished };
  /// Does the first thing that a program sends name the server that it was let through to?
  enum class Gate : std::uint8_t { open, checking };

  void greet();
  void decide();
  void await_name();
  void start_dialing(std::vector<IpAddress> addresses);
  void dial(Clock::time_point now);
  void relay(Clock::time_point now);
  bool upload(Clock::time_point now);
  bool download(Clock::time_point now);
  void check_hello();
  void answer();
  void refuse(Greeter::Trouble trouble, const std::string& why);
  void turn_away(const char* why);
  void end(const char* why = nullptr);
  [[nodiscard]] bool wants_client_bytes() const;

  UniqueFd client_;
  Shared& shared_;
  State state_{State::greeting};
  Greeter greeter_;
  Destination wanted_;
  std::optional<Dialer> dialer_;
  UniqueFd upstream_;
  ByteQueue from_client_;
  ByteQueue to_client_;
  Gate gate_{Gate::open};
  std::size_t hello_wanted_{1};
  std::uint64_t body_left_{UINT64_MAX};  // plain requests: of the client's bytes
  bool client_ended_{false};
  bool client_told_{false};  // that upstream sends no more
  bool upstream_ended_{false};
  bool upstream_told_{false};  // that the client sends no more
  Clock::time_point connect_by_;
  Clock::time_point last_byte_;
  NetworkContact contact_;
};

}  // namespace cex::network
