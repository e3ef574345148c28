// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/http/message.hpp"

namespace cex::api {

/// Query parameters being read one by one; what nobody asked for is a finding, like an unknown
/// field.
class QueryReader {
 public:
  explicit QueryReader(const http::Request& request) : query_{request.query} {}

  /// Empty if the parameter is absent.
  [[nodiscard]] std::optional<std::string> text(std::string_view name);
  /// Decimal digits between `min` and `max`; `bare` stands for a parameter without a value.
  [[nodiscard]] std::optional<std::uint64_t> whole(std::string_view name, std::uint64_t min,
                                                   std::uint64_t max,
                                                   std::optional<std::uint64_t> bare = {});
  /// `1` (or no value) and `0`.
  [[nodiscard]] bool flag(std::string_view name);

  void add(std::string_view name, std::string message);
  /// All findings, if there are any.
  [[nodiscard]] std::optional<http::Problem> finish();

 private:
  const http::Pairs& query_;
  std::vector<std::string_view> known_;
  std::vector<http::FieldError> findings_;
};

}  // namespace cex::api
