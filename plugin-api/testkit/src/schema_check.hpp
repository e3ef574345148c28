// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace cex::testkit {

/// The text of schema/plugin.schema.json.
[[nodiscard]] const char* schema_text();

/// Checks `value` against `schema`, with the keywords that our schema uses. Each problem begins
/// with the JSON pointer of the place. Empty = valid. The schema is trusted, the value is an
/// author's own file.
[[nodiscard]] std::vector<std::string> schema_problems(const nlohmann::ordered_json& schema,
                                                       const nlohmann::ordered_json& value);

}  // namespace cex::testkit
