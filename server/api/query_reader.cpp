// SPDX-License-Identifier: Apache-2.0
#include "server/api/query_reader.hpp"

#include <algorithm>

#include "core/base/text.hpp"

namespace cex::api {

std::optional<std::string> QueryReader::text(std::string_view name) {
  known_.push_back(name);
  for (const auto& [key, value] : query_) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> QueryReader::whole(std::string_view name, std::uint64_t min,
                                                std::uint64_t max,
                                                std::optional<std::uint64_t> bare) {
  const auto given = text(name);
  if (!given) return std::nullopt;
  if (given->empty() && bare) return bare;
  const auto number = parse_u64(*given);
  if (number && *number >= min && *number <= max) return number;
  add(name, "must be a whole number from " + std::to_string(min) + " to " + std::to_string(max));
  return std::nullopt;
}

bool QueryReader::flag(std::string_view name) {
  const auto given = text(name);
  if (!given || *given == "0") return false;
  if (!given->empty() && *given != "1") add(name, "must be 0 or 1");
  return true;
}

void QueryReader::add(std::string_view name, std::string message) {
  findings_.push_back({"/query/" + std::string{name}, std::move(message)});
}

std::optional<http::Problem> QueryReader::finish() {
  for (const auto& [key, value] : query_) {
    if (std::find(known_.begin(), known_.end(), key) == known_.end()) {
      add(printable(key, 64), "unknown query parameter");
    }
  }
  if (findings_.empty()) return std::nullopt;
  http::Problem problem{.kind = http::ProblemKind::invalid_request,
                        .detail = findings_.front().pointer + ": " + findings_.front().message};
  problem.errors = std::move(findings_);
  return problem;
}

}  // namespace cex::api
