// SPDX-License-Identifier: Apache-2.0
#include "core/config/values.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/base/json.hpp"
#include "core/base/text.hpp"

namespace cex::config {
namespace {

constexpr std::array<std::pair<std::string_view, unsigned>, 5> kUnits{
    {{"TiB", 40}, {"GiB", 30}, {"MiB", 20}, {"KiB", 10}, {"B", 0}}};

tl::unexpected<Error> bad(std::string message) {
  return fail(Errc::config, std::move(message));
}

Result<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t number = 0;
  const auto* end = text.data() + text.size();
  const auto [at, code] = std::from_chars(text.data(), end, number);
  if (code != std::errc{} || at != end) return bad("is not a whole number");
  return number;
}

Result<double> parse_decimal(std::string_view text) {
  double number = 0;
  const auto* end = text.data() + text.size();
  const auto [at, code] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (code != std::errc{} || at != end || !std::isfinite(number)) return bad("is not a number");
  return number;
}

Result<bool> parse_boolean(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return bad("is neither true nor false");
}

std::vector<std::string> parse_list(std::string_view text) {
  std::vector<std::string> items;
  if (text.empty()) return items;
  for (const std::string_view item : split(text, ':')) items.emplace_back(item);
  return items;
}

std::string quoted(const std::string& text) {
  return dump_json(nlohmann::json(text));
}

std::string decimal_text(double number) {
  return dump_json(nlohmann::json(number));
}

}  // namespace

std::string_view name_of(Kind kind) noexcept {
  switch (kind) {
    case Kind::boolean:
      return "true or false";
    case Kind::integer:
      return "a whole number";
    case Kind::bytes:
      return "a number of bytes, or text such as \"256 MiB\"";
    case Kind::decimal:
      return "a number";
    case Kind::text:
      return "a string";
    case Kind::list:
      return "a list of strings";
  }
  return "a value";
}

Result<std::int64_t> parse_bytes(std::string_view text) {
  const auto digits_end = std::ranges::find_if(text, [](char c) { return c < '0' || c > '9'; });
  const auto digits = text.substr(0, static_cast<std::size_t>(digits_end - text.begin()));
  const auto unit = trim(text.substr(digits.size()));
  const auto number = parse_u64(digits);
  const auto* known = std::ranges::find(kUnits, unit.empty() ? "B" : unit,
                                        &std::pair<std::string_view, unsigned>::first);
  if (!number || known == kUnits.end()) return bad("is not a size such as \"256 MiB\"");
  const auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (*number > (most >> known->second)) return bad("is too large");
  return static_cast<std::int64_t>(*number << known->second);
}

Result<Value> parse_value(Kind kind, std::string_view text) {
  switch (kind) {
    case Kind::boolean:
      return parse_boolean(text).map([](bool v) { return Value{v}; });
    case Kind::integer:
      return parse_integer(text).map([](std::int64_t v) { return Value{v}; });
    case Kind::bytes:
      return parse_bytes(text).map([](std::int64_t v) { return Value{v}; });
    case Kind::decimal:
      return parse_decimal(text).map([](double v) { return Value{v}; });
    case Kind::text:
      return Value{std::string{text}};
    case Kind::list:
      return Value{parse_list(text)};
  }
  return bad("has no type");
}

std::string to_toml(const Value& value) {
  struct Writer {
    std::string operator()(bool v) const { return v ? "true" : "false"; }
    std::string operator()(std::int64_t v) const { return std::to_string(v); }
    std::string operator()(double v) const { return decimal_text(v); }
    std::string operator()(const std::string& v) const { return quoted(v); }
    std::string operator()(const std::vector<std::string>& v) const {
      std::vector<std::string> items;
      items.reserve(v.size());
      for (const auto& item : v) items.push_back(quoted(item));
      return "[" + join(items, ", ") + "]";
    }
  };
  return std::visit(Writer{}, value);
}

}  // namespace cex::config
