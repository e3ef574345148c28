// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace cex::cli {

/// One job of a batch, from its request to its end.
struct BatchItem {
  std::string name;        ///< file, or number in the list
  nlohmann::json request;  ///< as the API takes it
  std::string id;          ///< empty: not submitted yet
  nlohmann::json job;      ///< as last seen; null: not submitted yet
};

}  // namespace cex::cli
