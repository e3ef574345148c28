// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/base/result.hpp"

namespace cex::plugins {

/// Reads one JSON object of a manifest strictly. The first problem sticks; the rest reads as empty,
/// so that callers look once, at the end.
class JsonReader {
 public:
  JsonReader(const nlohmann::json& object, std::string pointer);

  /// Refuses fields that are not in `names`.
  void only(std::initializer_list<std::string_view> names);

  [[nodiscard]] bool has(const char* name) const;
  /// At most 8 KiB, no NUL.
  [[nodiscard]] static bool is_good_text(const nlohmann::json& value);

  /// Empty if absent and not required. At most 8 KiB, no NUL.
  [[nodiscard]] std::string text(const char* name, bool required);
  [[nodiscard]] std::vector<std::string> texts(const char* name, bool required);
  [[nodiscard]] std::uint64_t number(const char* name, bool required);
  [[nodiscard]] bool boolean(const char* name);
  /// Null if absent or not of that type.
  [[nodiscard]] const nlohmann::json* object(const char* name, bool required);
  [[nodiscard]] const nlohmann::json* array(const char* name, bool required);

  [[nodiscard]] std::string place(const char* name) const { return pointer_ + "/" + name; }
  void problem(const std::string& place, const std::string& message);
  /// Takes over the problem of a reader below.
  void adopt(const JsonReader& inner);
  [[nodiscard]] bool good() const { return problem_.empty(); }
  [[nodiscard]] Result<void> result() const;

 private:
  [[nodiscard]] const nlohmann::json* field(const char* name, bool required);

  const nlohmann::json& object_;
  std::string pointer_;
  std::string problem_;
};

}  // namespace cex::plugins
