// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/clock.hpp"

namespace cex::telemetry {

using Attribute = std::pair<std::string, std::variant<std::string, std::int64_t, bool>>;

/// What took how long within one trace (OpenTelemetry).
struct Span {
  enum class Kind : std::uint8_t { internal, server };
  std::string trace_id;   ///< 32 hex digits
  std::string id;         ///< 16 hex digits
  std::string parent_id;  ///< 16 hex digits; empty: the root
  std::string name;       ///< of a small set, never made of what a client sent
  Kind kind{Kind::internal};
  WallTime begin{};
  WallTime end{};
  std::vector<Attribute> attributes;
  bool failed{false};  ///< through a fault of ours
};

/// 16 hex digits, never all zero.
[[nodiscard]] std::string new_span_id();

}  // namespace cex::telemetry
