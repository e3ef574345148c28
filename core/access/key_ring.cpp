// SPDX-License-Identifier: Apache-2.0
#include "core/access/key_ring.hpp"

#include "core/base/hmac.hpp"
#include "core/base/ids.hpp"
#include "core/base/text.hpp"

namespace cex::access {
namespace {

constexpr std::string_view kBrand = "cex";  // lets scanners for leaked secrets know it
constexpr std::size_t kPrefixBytes = 6;
constexpr std::size_t kSecretBytes = 32;

}  // namespace

NewKey make_key(std::string_view pepper, std::string name, Principal principal,
                std::optional<WallTime> expires_at, WallTime now) {
  NewKey made;
  made.record.prefix = random_hex(kPrefixBytes);
  made.secret = std::string{kBrand} + "_" + made.record.prefix + "_" + random_hex(kSecretBytes);
  made.record.digest = hmac_sha256_hex(pepper, made.secret);
  made.record.name = std::move(name);
  made.record.principal = std::move(principal);
  made.record.principal.key = made.record.prefix;
  made.record.created_at = now;
  made.record.expires_at = expires_at;
  return made;
}

KeyRing::KeyRing(std::string pepper, std::vector<KeyRecord> records) : pepper_{std::move(pepper)} {
  for (KeyRecord& record : records) {
    std::string prefix = record.prefix;
    records_.emplace(std::move(prefix), std::move(record));
  }
}

Result<Principal> KeyRing::verify(std::string_view secret, WallTime now) const {
  const auto parts = split(secret, '_');
  // Made for unknown prefixes too, so that the time does not tell which there are.
  const std::string digest = hmac_sha256_hex(pepper_, secret);
  const bool shaped = parts.size() == 3 && parts[0] == kBrand;
  const auto found = shaped ? records_.find(parts[1]) : records_.end();
  if (found == records_.end() || !same_secret(digest, found->second.digest)) {
    return fail(Errc::forbidden, "no such key");
  }
  const KeyRecord& record = found->second;
  if (record.revoked_at) return fail(Errc::forbidden, "key " + record.prefix + " is revoked");
  if (record.expires_at && *record.expires_at <= now) {
    return fail(Errc::forbidden, "key " + record.prefix + " has expired");
  }
  return record.principal;
}

}  // namespace cex::access
