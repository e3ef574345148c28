// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/clock.hpp"
#include "core/base/ip_address.hpp"
#include "core/base/result.hpp"
#include "core/config/config.hpp"
#include "core/outbound/url.hpp"

namespace cex::webhooks {

/// What is sent, to whom.
struct Parcel {
  outbound::Url url;
  std::string job;
  std::string body;
  std::string secret;
  std::uint32_t attempt{1};
};

/// "t=UNIX,v1=HEX": HMAC-SHA256 under `secret` of the time, a dot and the body. Receivers refuse
/// old times, and so what somebody recorded.
[[nodiscard]] std::string signature(const std::string& secret, WallTime now,
                                    const std::string& body);

/// One try: asks for the name anew, holds every address against the table, connects to one of
/// those and to no other, and wants any status of 200 to 299. Thread-safe.
class Delivery {
 public:
  Delivery(const config::WebhookSettings& settings, std::vector<std::string> dns_servers);

  /// Waits; `stop` ends it early. Errors say why, for the operator alone: not_ready if stopped.
  [[nodiscard]] Result<void> attempt(const Parcel& parcel, const std::atomic<bool>& stop) const;

 private:
  [[nodiscard]] Result<std::vector<IpAddress>> addresses_of(
      const std::string& host, std::chrono::steady_clock::time_point deadline,
      const std::atomic<bool>& stop) const;

  const config::WebhookSettings settings_;
  const std::vector<std::string> dns_servers_;
  std::vector<IpBlock> permitted_;
};

}  // namespace cex::webhooks
