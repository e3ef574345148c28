// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/access/key_record.hpp"

namespace cex::access {

/// A new key and what is kept of it.
struct NewKey {
  std::string secret;  ///< "cex_PREFIX_..."; to be shown once
  KeyRecord record;
};

/// Makes a key of 256 random bits for `principal`, whose `key` it sets.
[[nodiscard]] NewKey make_key(std::string_view pepper, std::string name, Principal principal,
                              std::optional<WallTime> expires_at, WallTime now);

/// The keys of one moment. Immutable, so any thread may ask.
class KeyRing {
 public:
  KeyRing() = default;
  KeyRing(std::string pepper, std::vector<KeyRecord> records);

  /// No key was ever made: there is nobody to tell apart.
  [[nodiscard]] bool empty() const noexcept { return records_.empty(); }
  /// Whose key it is. Errors: forbidden, which tells an unknown key, an expired and a revoked one
  /// apart only for the log.
  [[nodiscard]] Result<Principal> verify(std::string_view secret, WallTime now) const;

 private:
  std::string pepper_;
  std::map<std::string, KeyRecord, std::less<>> records_;  ///< by prefix
};

}  // namespace cex::access
