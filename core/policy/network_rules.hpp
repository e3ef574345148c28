// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/config/config.hpp"
#include "core/model/destination.hpp"
#include "core/policy/env_rules.hpp"

namespace cex::policy {

/// What a job that asked for `asked` ("HOST:PORT" each) may reach: the one place that decides who
/// gets a network. Exact names and ports only; stars are the operator's. Pure. Errors:
/// invalid_request at `/network/allow/N` for a malformed entry, limit_too_high for too many,
/// forbidden at `/network` where jobs get no network, or at `/network/allow/N` for a destination
/// that the operator does not permit.
[[nodiscard]] Result<std::vector<Destination>> grant_network(
    const std::vector<std::string>& asked, const config::NetworkSettings& settings);

/// The variables that lead a program's HTTP library to the proxy.
[[nodiscard]] const EnvPairs& proxy_env();

/// A request that is given a network leaves those variables alone.
/// Errors: invalid_request at `<pointer>/NAME`.
[[nodiscard]] Result<void> check_no_proxy_env(const EnvPairs& env, std::string_view pointer);

}  // namespace cex::policy
