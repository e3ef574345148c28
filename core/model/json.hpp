// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "core/model/limits.hpp"
#include "core/model/sandbox_plan.hpp"

namespace cex {

/// The API's `limits` object, every field present.
[[nodiscard]] nlohmann::json to_json_value(const Limits& limits);

/// The plan as `cex plan` prints it. Without `hash` this is also what is hashed.
[[nodiscard]] nlohmann::json to_json_value(const SandboxPlan& plan);

/// All plans of a job as an array, indented for people.
[[nodiscard]] std::string to_json_text(const std::vector<SandboxPlan>& plans);

}  // namespace cex
