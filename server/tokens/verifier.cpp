// SPDX-License-Identifier: Apache-2.0
#include "server/tokens/verifier.hpp"

#include <algorithm>
#include <sstream>

#include <Poco/Crypto/ECKey.h>
#include <Poco/Crypto/RSAKey.h>
#include <Poco/Exception.h>
#include <Poco/JWT/Signer.h>
#include <Poco/JWT/Token.h>
#include <nlohmann/json.hpp>

#include "core/base/files.hpp"
#include "core/base/json.hpp"
#include "core/base/secret_file.hpp"
#include "core/base/text.hpp"
#include "server/tokens/base64url.hpp"
#include "server/tokens/claims.hpp"

namespace cex::tokens {
namespace {

constexpr std::size_t kMaxToken = 8192;
constexpr std::size_t kMinHmacKey = 32;  // RFC 7518, section 3.2
constexpr std::size_t kMaxKeysTried = 8;

tl::unexpected<Error> refuse(std::string why) {
  return fail(Errc::forbidden, std::move(why));
}

Result<nlohmann::json> part_of(std::string_view text) {
  const auto bytes = base64url_decode(text);
  if (!bytes) return refuse("a part of the token is no base64url");
  auto value = parse_json(*bytes);
  if (!value || !value->is_object()) return refuse("a part of the token is no JSON object");
  return value;
}

std::string text_in(const nlohmann::json& header, const char* name) {
  const auto found = header.find(name);
  return found != header.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

// The library throws at whatever it does not like.
bool is_signed(const Poco::JWT::Signer& signer, const std::string& token) {
  try {
    Poco::JWT::Token parsed;
    return signer.tryVerify(token, parsed);
  } catch (const Poco::Exception&) {
    return false;
  }
}

bool is_signed(const PublicKey& key, const std::string& token) {
  Poco::JWT::Signer signer;
  signer.setAlgorithms({key.algorithm});
  std::istringstream pem{key.pem};
  try {
    if (key.algorithm == "RS256") {
      signer.setRSAKey(new Poco::Crypto::RSAKey(&pem));
    } else {
      signer.setECKey(new Poco::Crypto::ECKey(&pem));
    }
  } catch (const Poco::Exception&) {
    return false;
  }
  return is_signed(signer, token);
}

}  // namespace

bool looks_like_token(std::string_view credential) noexcept {
  return std::ranges::count(credential, '.') == 2;
}

Verifier::Verifier(const config::TokenSettings& settings) : settings_{settings} {
  if (settings_.discover || !settings_.jwks_uri.empty()) {
    issuer_ = std::make_unique<IssuerKeys>(settings_, [this](bool good) { fetched_(good); });
  }
}

Result<std::shared_ptr<Verifier>> Verifier::make(const config::TokenSettings& settings) {
  std::shared_ptr<Verifier> verifier{new Verifier(settings)};
  if (!settings.hs256_key_file.empty()) {
    auto secret = read_secret(settings.hs256_key_file);
    if (!secret) return in("tokens.hs256_key_file", std::move(secret).error());
    if (secret->size() < kMinHmacKey) {
      return fail(Errc::config, "tokens.hs256_key_file: a key for HS256 has at least 32 bytes");
    }
    verifier->secret_ = *std::move(secret);
  }
  for (const std::string& file : settings.public_key_files) {
    auto key = key_of_pem(read_text_file(file));
    if (!key) return in("tokens.public_key_files: " + file, std::move(key).error());
    verifier->keys_.push_back(*std::move(key));
  }
  return verifier;
}

Result<void> Verifier::check_signature(const std::string& token, const std::string& algorithm,
                                       const std::string& key_id) {
  if (algorithm == "HS256" && !secret_.empty()) {
    Poco::JWT::Signer signer{secret_};
    signer.setAlgorithms({algorithm});
    if (is_signed(signer, token)) return {};
    return refuse("the token's signature is wrong");
  }
  if (algorithm != "RS256" && algorithm != "ES256") {
    return refuse("the token's algorithm is not taken here");
  }
  std::vector<PublicKey> candidates;
  std::ranges::copy_if(keys_, std::back_inserter(candidates),
                       [&](const PublicKey& key) { return key.algorithm == algorithm; });
  const auto good = [&](const PublicKey& key) { return is_signed(key, token); };
  if (std::ranges::any_of(candidates, good)) return {};
  if (!issuer_) {
    return refuse(candidates.empty() ? "there is no key for the token's algorithm"
                                     : "the token's signature is wrong");
  }
  auto shown = issuer_->find(algorithm, key_id);
  if (shown.empty()) return refuse("the issuer shows no key for the token");
  if (shown.size() > kMaxKeysTried) shown.resize(kMaxKeysTried);
  if (std::ranges::any_of(shown, good)) return {};
  return refuse("the token's signature is wrong");
}

Result<Principal> Verifier::verify(std::string_view token, WallTime now) {
  if (token.size() > kMaxToken) return refuse("the token is longer than 8192 bytes");
  const auto parts = split(token, '.');
  if (parts.size() != 3) return refuse("the token has not three parts");
  // The library is content with more than one spelling of a signature.
  if (!base64url_decode(parts[2])) return refuse("the token's signature is no base64url");
  CEX_TRY(const auto header, part_of(parts[0]));
  // Extensions that must be understood (RFC 7515, section 4.1.11); none is.
  if (header.contains("crit")) return refuse("the token wants an extension");
  CEX_CHECK(check_signature(std::string{token}, text_in(header, "alg"), text_in(header, "kid")));
  CEX_TRY(const auto claims, part_of(parts[1]));
  CEX_CHECK(check_claims(claims, settings_, now));
  return principal_of(claims, settings_);
}

}  // namespace cex::tokens
