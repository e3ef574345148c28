// SPDX-License-Identifier: Apache-2.0
#include "server/http/connection_ledger.hpp"

namespace cex::http {
namespace {

std::string key_of(const Poco::Net::IPAddress& peer) {
  if (peer.family() == Poco::Net::AddressFamily::IPv4) return peer.toString();
  constexpr std::size_t kPrefixBytes = 8;
  return {static_cast<const char*>(peer.addr()), kPrefixBytes};
}

}  // namespace

ConnectionLedger::Ticket::Ticket(std::shared_ptr<ConnectionLedger> ledger, std::string key)
    : ledger_{std::move(ledger)}, key_{std::move(key)} {}

ConnectionLedger::Ticket::~Ticket() {
  ledger_->leave(key_);
}

std::unique_ptr<ConnectionLedger::Ticket> ConnectionLedger::admit(
    const Poco::Net::IPAddress& peer) {
  std::string key = key_of(peer);
  const bool capped = limits_.loopback == Loopback::counted || !peer.isLoopback();
  const std::lock_guard lock{mutex_};
  if (open_ >= limits_.total) return nullptr;
  if (const auto found = by_address_.find(key);
      capped && found != by_address_.end() && found->second >= limits_.per_address) {
    return nullptr;
  }
  ++by_address_[key];
  ++open_;
  return std::make_unique<Ticket>(shared_from_this(), std::move(key));
}

std::size_t ConnectionLedger::open() const {
  const std::lock_guard lock{mutex_};
  return open_;
}

void ConnectionLedger::leave(const std::string& key) {
  const std::lock_guard lock{mutex_};
  --open_;
  const auto found = by_address_.find(key);
  if (--found->second == 0) by_address_.erase(found);
}

}  // namespace cex::http
