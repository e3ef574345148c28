// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.hpp"
#include "core/base/result.hpp"
#include "core/config/config.hpp"
#include "core/model/principal.hpp"
#include "server/tokens/issuer_keys.hpp"
#include "server/tokens/jwk.hpp"

namespace cex::tokens {

/// Could `credential` be a token? API keys are none.
[[nodiscard]] bool looks_like_token(std::string_view credential) noexcept;

/// Tells whose a token (JWT, RFC 7519) is: HS256, RS256 or ES256, each with keys of its own only,
/// so that no key serves an algorithm which it is not for. Thread-safe.
class Verifier {
 public:
  /// Reads the keys that are files. Errors: config.
  [[nodiscard]] static Result<std::shared_ptr<Verifier>> make(
      const config::TokenSettings& settings);

  /// Who is told of each try to fetch the issuer's keys. Before the first verify().
  void on_fetch(std::function<void(bool good)> fetched) { fetched_ = std::move(fetched); }

  /// Errors: forbidden, with the reason for the log.
  [[nodiscard]] Result<Principal> verify(std::string_view token, WallTime now);

 private:
  explicit Verifier(const config::TokenSettings& settings);
  [[nodiscard]] Result<void> check_signature(const std::string& token, const std::string& algorithm,
                                             const std::string& key_id);

  const config::TokenSettings settings_;
  std::string secret_;  ///< empty: no HS256
  std::vector<PublicKey> keys_;
  std::function<void(bool good)> fetched_{[](bool) {}};
  std::unique_ptr<IssuerKeys> issuer_;  ///< null: the issuer shows none
};

}  // namespace cex::tokens
