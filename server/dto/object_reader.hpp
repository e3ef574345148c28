// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "server/http/problem.hpp"

namespace cex::dto {

/// Collects what is wrong with a request, so that the client learns of everything at once. Bounded:
/// a body full of mistakes must not make an answer larger than itself.
class Findings {
 public:
  void add(std::string pointer, std::string message);
  [[nodiscard]] bool empty() const noexcept { return found_.empty(); }
  [[nodiscard]] std::vector<http::FieldError> take() { return std::move(found_); }

 private:
  std::vector<http::FieldError> found_;
};

/// `name` as one more step of a JSON pointer: `~` and `/` escaped, cut to a sane length.
[[nodiscard]] std::string pointer_to(std::string_view parent, std::string_view name);
[[nodiscard]] std::string pointer_to(std::string_view parent, std::size_t index);

enum class Bytes : std::uint8_t { any, no_nul };

/// What a text field may hold.
struct TextRule {
  std::size_t min{0};
  std::size_t max{SIZE_MAX};
  Bytes bytes{Bytes::any};
};

/// Checks one value; on a mistake adds a finding and returns empty.
[[nodiscard]] std::optional<std::string> read_text(const nlohmann::json& value, TextRule rule,
                                                   const std::string& pointer, Findings& findings);

/// Whole numbers only: no strings, no fractions, nothing below `min` or above `max`.
[[nodiscard]] std::optional<std::uint64_t> read_whole(const nlohmann::json& value,
                                                      std::uint64_t min, std::uint64_t max,
                                                      const std::string& pointer,
                                                      Findings& findings);

/// One JSON object being read field by field. finish() reports the fields that nobody asked for: a
/// typo must not silently drop a limit. A field that is null counts as wrong type, not as absent.
class ObjectReader {
 public:
  /// Adds a finding if `value` is no object; every field is absent then.
  ObjectReader(const nlohmann::json& value, std::string pointer, Findings& findings);

  [[nodiscard]] const nlohmann::json* take(std::string_view name);
  [[nodiscard]] std::string at(std::string_view name) const { return pointer_to(pointer_, name); }

  [[nodiscard]] std::optional<std::string> text(std::string_view name, TextRule rule = {});
  [[nodiscard]] std::optional<bool> flag(std::string_view name);
  [[nodiscard]] std::optional<std::uint64_t> whole(std::string_view name, std::uint64_t min,
                                                   std::uint64_t max);
  [[nodiscard]] std::optional<std::vector<std::string>> texts(std::string_view name,
                                                              std::size_t max_count, TextRule rule);
  /// An object whose values are all strings, in the order of its keys.
  [[nodiscard]] http::Pairs text_map(std::string_view name, std::size_t max_count, TextRule rule);
  /// Calls `each` for every element of an array, with its pointer.
  void each(std::string_view name, std::size_t max_count,
            const std::function<void(const nlohmann::json&, const std::string&)>& each);
  /// Bytes given as text under `name`, in the encoding that `encoding_name` tells ("utf8",
  /// "base64").
  [[nodiscard]] std::optional<std::string> bytes(std::string_view name,
                                                 std::string_view encoding_name);

  void missing(std::string_view name);
  void finish();

 private:
  const nlohmann::json* object_;  // null if the value is no object
  std::string pointer_;
  Findings& findings_;
  std::vector<std::string_view> known_;
};

}  // namespace cex::dto
