// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "core/engine/service.hpp"
#include "core/model/language_info.hpp"

namespace cex::dto {

/// One language as `/v1/languages` tells it.
[[nodiscard]] nlohmann::ordered_json to_json_value(const LanguageInfo& language);

/// One plugin as `/v1/plugins` tells it. Paths of the server's disk stay out of it.
[[nodiscard]] nlohmann::ordered_json to_json_value(const PluginInfo& plugin);

/// The body of `/readyz`: every check by name, and what the slots do.
[[nodiscard]] nlohmann::ordered_json readiness_document(const std::vector<HealthCheck>& checks,
                                                        const engine::EngineStatus& status,
                                                        const Isolation& isolation);

/// No check failed (degraded ones do not count).
[[nodiscard]] bool all_passed(const std::vector<HealthCheck>& checks) noexcept;

[[nodiscard]] std::string_view to_string(HealthCheck::State state) noexcept;

}  // namespace cex::dto
