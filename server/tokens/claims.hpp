// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "core/base/clock.hpp"
#include "core/base/result.hpp"
#include "core/config/config.hpp"
#include "core/model/principal.hpp"

namespace cex::tokens {

/// Is a token with these claims good now and here? Checks `exp` (which must be there), `nbf`,
/// `iat`, `iss` and `aud`. Errors: forbidden, with the reason for the log.
[[nodiscard]] Result<void> check_claims(const nlohmann::json& claims,
                                        const config::TokenSettings& settings, WallTime now);

/// Who the claims are about, and what that one may do. A claim that is named by the configuration
/// and is malformed refuses the token: a ceiling must not be lost by a typo. Errors: forbidden.
[[nodiscard]] Result<Principal> principal_of(const nlohmann::json& claims,
                                             const config::TokenSettings& settings);

}  // namespace cex::tokens
