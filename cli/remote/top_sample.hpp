// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>

#include <nlohmann/json.hpp>

#include "cli/remote/exposition.hpp"

namespace cex::cli {

struct TopSample {
  std::chrono::steady_clock::time_point at;
  nlohmann::json readiness;
  nlohmann::json languages;
  std::optional<Exposition> metrics;  ///< none: the key does not permit them
};

}  // namespace cex::cli
