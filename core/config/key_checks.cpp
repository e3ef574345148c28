// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>
#include <cstdint>
#include <utility>

#include "core/base/text.hpp"
#include "core/config/keys.hpp"

namespace cex::config {

std::string Key::environment() const {
  std::string name = "CODE_EXECUTOR_";
  for (const char c : path) {
    name += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

namespace {

Result<void> check_range(const Key& key, double value, double scale) {
  const auto low = static_cast<double>(key.min) / scale;
  const auto high = static_cast<double>(key.max) / scale;
  // Written so that NaN fails too.
  if (value >= low && value <= high) return {};
  return fail(Errc::config, "must lie between " + to_toml(scale > 1 ? Value{low} : Value{key.min}) +
                                " and " + to_toml(scale > 1 ? Value{high} : Value{key.max}));
}

}  // namespace

Result<void> check(const Key& key, const Value& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) {
    if (*whole < key.min || *whole > key.max)
      return check_range(key, static_cast<double>(*whole), 1);
    return {};
  }
  if (const auto* real = std::get_if<double>(&value)) return check_range(key, *real, 1000);
  if (const auto* text = std::get_if<std::string>(&value)) {
    if (text->find('\0') != std::string::npos) return fail(Errc::config, "has a NUL byte");
    if (!key.choices.empty() && std::ranges::find(key.choices, *text) == key.choices.end()) {
      return fail(Errc::config, "must be one of: " + join(key.choices, ", "));
    }
  }
  return {};
}

}  // namespace cex::config
