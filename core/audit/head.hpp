// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "core/audit/chain.hpp"
#include "core/base/clock.hpp"
#include "core/base/result.hpp"

struct evp_pkey_st;

namespace cex::audit {

/// An Ed25519 key: a pair that signs, or only the public half, which verifies.
class Key {
 public:
  /// A new pair.
  [[nodiscard]] static Result<Key> generate();
  /// From PEM text. Errors: audit.
  [[nodiscard]] static Result<Key> from_private(const std::string& pem);
  [[nodiscard]] static Result<Key> from_public(const std::string& pem);

  [[nodiscard]] Result<std::string> private_pem() const;
  [[nodiscard]] Result<std::string> public_pem() const;
  [[nodiscard]] Result<std::string> sign(const std::string& bytes) const;
  [[nodiscard]] bool verifies(const std::string& bytes, const std::string& signature) const;

 private:
  struct Free {
    void operator()(evp_pkey_st* key) const noexcept;
  };
  explicit Key(evp_pkey_st* key) : key_{key} {}
  std::unique_ptr<evp_pkey_st, Free> key_;
};

/// `head.json`: how far the log goes, signed. It makes a cut tail visible.
[[nodiscard]] Result<std::string> write_head(const Key& key, const Link& link, WallTime now);

/// Reads the text of `head.json` back. Errors: audit, if it is malformed or not signed by `key`.
[[nodiscard]] Result<Link> read_head(const Key& key, const std::string& text);

}  // namespace cex::audit
