// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include <tl/expected.hpp>

#include "core/access/key_file.hpp"
#include "core/access/token_bucket.hpp"
#include "core/metrics/metrics.hpp"
#include "core/model/principal.hpp"
#include "server/http/message.hpp"
#include "server/http/router.hpp"
#include "server/tokens/verifier.hpp"

namespace cex::http {

/// Whether callers that show no key are let in while there are no keys at all.
enum class Strangers : std::uint8_t {
  refused,
  welcome,  ///< only where nobody but this machine can connect
};

struct RateSettings {
  std::function<Rate()> all;                          ///< 0 a second: no bound
  std::function<Rate(const std::string&)> of_tenant;  ///< 0 a second: no bound
};

/// Tells who asks, whether that one may, and how often. Looks once a second, and before it refuses
/// a key, whether the file of the keys has changed: a new key works at once, a revoked one for a
/// second at most. Thread-safe.
class Doorkeeper {
 public:
  /// `tokens` null: API keys only. `metrics` is borrowed, and null: nobody counts.
  Doorkeeper(access::KeyFile keys, std::shared_ptr<tokens::Verifier> tokens, Strangers strangers,
             RateSettings rates, metrics::Metrics* metrics)
      : keys_{std::move(keys)},
        tokens_{std::move(tokens)},
        strangers_{strangers},
        rates_{std::move(rates)},
        metrics_{metrics} {}

  /// Reads the keys for the first time. Errors: Errc::config, Errc::system.
  [[nodiscard]] Result<void> open();
  /// Can anybody show anything?
  [[nodiscard]] bool has_keys() const { return tokens_ || !ring()->empty(); }

  /// Problems: unauthenticated, forbidden (the role), rate_limited with its headers.
  [[nodiscard]] tl::expected<Principal, Problem> admit(const Request& request, Access access);

 private:
  [[nodiscard]] std::shared_ptr<const access::KeyRing> ring() const;
  [[nodiscard]] std::shared_ptr<const access::KeyRing> fresh_ring(std::chrono::seconds age);
  [[nodiscard]] tl::expected<Principal, Problem> identify(const Request& request);
  [[nodiscard]] Result<Principal> verify(std::string_view credential, const access::KeyRing& ring);
  [[nodiscard]] std::optional<Problem> count_guess(const std::string& peer);
  [[nodiscard]] std::optional<Problem> check_rates(const Principal& principal);

  const access::KeyFile keys_;
  const std::shared_ptr<tokens::Verifier> tokens_;
  const Strangers strangers_;
  const RateSettings rates_;
  metrics::Metrics* const metrics_;
  access::RateLimiter limiter_;
  access::RateLimiter guesses_;  ///< wrong keys, by address
  mutable std::mutex mutex_;
  std::shared_ptr<const access::KeyRing> ring_;
  std::mutex reading_;  ///< taken before mutex_: who asks meanwhile waits for the new keys
  std::string stamp_;
  std::chrono::steady_clock::time_point looked_at_{};
};

}  // namespace cex::http
