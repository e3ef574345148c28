// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "entry.hpp"

namespace cex::testkit {

using Json = nlohmann::ordered_json;

/// What one call gave.
struct Answer {
  Json records = Json::array();
  cex_status status{CEX_OK};
  std::string error;
  std::vector<std::string> breaches;

  /// The same bytes for the same answer.
  [[nodiscard]] std::string text() const;
};

/// A call written as JSON, the form of golden files:
///   {"call": "describe"}
///   {"call": "plan", "request": {"phase": "compile", "language": "c", "files": [...], ...}}
///   {"call": "recognise", "output": {"probe": "gcc", "executable": "...", "exit_code": 0, "out":
///   "..."}}
///   {"call": "diagnose", "output": {"language": "c", "text": "..."}}
/// Throws std::runtime_error when the JSON is not such a call.
[[nodiscard]] Answer call(const Entry& entry, const Json& what);

/// Plan with an exact request, for tests of the size rule.
[[nodiscard]] Answer call_plan(const Entry& entry, const cex_plan_request& request);

/// One request for each phase of each language that describe() names, default options, default
/// file.
[[nodiscard]] std::vector<Json> sample_calls(const Json& description);

}  // namespace cex::testkit
