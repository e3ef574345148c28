// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include <cex/testkit/report.hpp>
#include <nlohmann/json.hpp>

namespace cex::testkit {

/// Reads `folder`/plugin.json and checks it on paper; empty when there is nothing to go on with.
[[nodiscard]] std::optional<nlohmann::ordered_json> check_manifest(const std::string& folder,
                                                                   Report& report);

}  // namespace cex::testkit
