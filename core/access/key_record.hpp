// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "core/base/clock.hpp"
#include "core/base/result.hpp"
#include "core/model/principal.hpp"

namespace cex::access {

/// What is kept of an API key. The key itself is shown once and is not in here.
struct KeyRecord {
  std::string prefix;  ///< public; finds the record and names the key in logs
  std::string digest;  ///< HMAC-SHA256 of the whole key under the server's pepper
  std::string name;    ///< for people
  Principal principal;
  WallTime created_at{};
  std::optional<WallTime> expires_at;
  std::optional<WallTime> revoked_at;
};

[[nodiscard]] nlohmann::json to_json_value(const KeyRecord& record);
/// Errors: Errc::config with what is wrong.
[[nodiscard]] Result<KeyRecord> key_record_of(const nlohmann::json& value);

}  // namespace cex::access
