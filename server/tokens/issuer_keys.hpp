// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/config/config.hpp"
#include "server/tokens/jwk.hpp"

namespace cex::tokens {

/// The keys that an issuer shows (JWKS), fetched when one is missed, at most once a minute, and
/// otherwise every ten. While the issuer cannot be asked the last ones hold, for an hour.
/// Thread-safe.
class IssuerKeys {
 public:
  /// `fetched` is told of each try, for the metrics.
  IssuerKeys(const config::TokenSettings& settings, std::function<void(bool good)> fetched);

  /// Those for `algorithm` with this id; with an empty id all for it. May wait for the issuer, a
  /// few seconds at most, and only one caller at a time does.
  [[nodiscard]] std::vector<PublicKey> find(const std::string& algorithm, const std::string& id);

 private:
  using Clock = std::chrono::steady_clock;
  using Keys = std::shared_ptr<const std::vector<PublicKey>>;

  [[nodiscard]] Keys current() const;
  [[nodiscard]] bool may_fetch(bool missed) const;
  void fetch(bool missed);
  [[nodiscard]] Result<std::vector<PublicKey>> ask_issuer();
  [[nodiscard]] Result<std::string> where_keys_are() const;

  const config::TokenSettings settings_;
  const std::function<void(bool good)> fetched_;
  std::mutex fetching_;
  mutable std::mutex mutex_;
  Keys keys_;
  Clock::time_point tried_at_{};  ///< the last try; the epoch: never
  Clock::time_point good_at_{};   ///< the last try that brought keys
};

}  // namespace cex::tokens
