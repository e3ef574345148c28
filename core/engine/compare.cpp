// SPDX-License-Identifier: Apache-2.0
#include "core/engine/compare.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace cex::engine {
namespace {

constexpr std::string_view kBlank = " \t\r\f\v";
constexpr std::string_view kSpace = " \t\r\f\v\n";

std::string_view trim_right(std::string_view text, std::string_view what) {
  const auto last = text.find_last_not_of(what);
  return last == std::string_view::npos ? std::string_view{} : text.substr(0, last + 1);
}

std::string_view next_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  const std::string_view line = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  return trim_right(line, kBlank);
}

bool same_lines(std::string_view a, std::string_view b) {
  a = trim_right(a, kSpace);
  b = trim_right(b, kSpace);
  while (!a.empty() && !b.empty()) {
    if (next_line(a) != next_line(b)) return false;
  }
  return a.empty() && b.empty();
}

std::string_view next_word(std::string_view& rest) {
  const auto start = rest.find_first_not_of(kSpace);
  if (start == std::string_view::npos) {
    rest = {};
    return {};
  }
  rest.remove_prefix(start);
  const std::string_view word = rest.substr(0, rest.find_first_of(kSpace));
  rest.remove_prefix(word.size());
  return word;
}

std::optional<double> number(std::string_view word) {
  if (!word.empty() && word[0] == '+') word.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc{} || end != word.data() + word.size()) return std::nullopt;
  return value;
}

bool close(std::string_view actual, std::string_view expected, double epsilon) {
  if (actual == expected) return true;
  const auto a = number(actual);
  const auto e = number(expected);
  if (!a || !e || !std::isfinite(*a) || !std::isfinite(*e)) return false;
  return std::fabs(*a - *e) <= epsilon * std::max(1.0, std::fabs(*e));
}

bool same_words(std::string_view a, std::string_view b, std::optional<double> epsilon) {
  while (true) {
    const auto actual = next_word(a);
    const auto expected = next_word(b);
    if (actual.empty() || expected.empty()) return actual.empty() && expected.empty();
    if (epsilon ? !close(actual, expected, *epsilon) : actual != expected) return false;
  }
}

}  // namespace

bool matches(std::string_view actual, std::string_view expected, Compare how, double epsilon) {
  switch (how) {
    case Compare::exact:
      return actual == expected;
    case Compare::trim:
      return same_lines(actual, expected);
    case Compare::tokens:
      return same_words(actual, expected, std::nullopt);
    case Compare::floats:
      return same_words(actual, expected, epsilon);
  }
  return false;
}

}  // namespace cex::engine
