// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "core/base/result.hpp"

namespace cex::tokens {

/// A public key that checks signatures of one algorithm, and no other.
struct PublicKey {
  std::string id;         ///< `kid`; empty: it has none
  std::string algorithm;  ///< "RS256" or "ES256"
  std::string pem;
};

/// What a PEM file holds: RSA of 2048 bits at least, or a P-256 key. Errors: config.
[[nodiscard]] Result<PublicKey> key_of_pem(const std::string& pem);

/// The keys of a JWKS document (RFC 7517) that we can use; others (encryption, other algorithms,
/// secrets, weak ones) are passed over. Errors: config for a document that is none.
[[nodiscard]] Result<std::vector<PublicKey>> keys_of_jwks(const nlohmann::json& document);

}  // namespace cex::tokens
