// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include <Poco/Net/IPAddress.h>

namespace cex::http {

enum class Loopback : std::uint8_t {
  exempt,  ///< a reverse proxy or a local load test is one address for many clients
  counted,
};

/// Counts open connections, in all and per address (an IPv6 /64 is one address: its holder has them
/// all). Thread-safe.
class ConnectionLedger : public std::enable_shared_from_this<ConnectionLedger> {
 public:
  struct Limits {
    std::size_t total{256};
    std::size_t per_address{64};
    Loopback loopback{Loopback::exempt};
  };

  /// One counted connection; dropping it uncounts.
  class Ticket {
   public:
    Ticket(std::shared_ptr<ConnectionLedger> ledger, std::string key);
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;
    ~Ticket();

   private:
    std::shared_ptr<ConnectionLedger> ledger_;
    std::string key_;
  };

  explicit ConnectionLedger(Limits limits) : limits_{limits} {}

  /// Empty if the connection would be one too many.
  [[nodiscard]] std::unique_ptr<Ticket> admit(const Poco::Net::IPAddress& peer);

  [[nodiscard]] std::size_t open() const;

 private:
  void leave(const std::string& key);

  const Limits limits_;
  mutable std::mutex mutex_;
  std::size_t open_{0};
  std::map<std::string, std::size_t> by_address_;
};

}  // namespace cex::http
