// SPDX-License-Identifier: Apache-2.0
#include "core/plugins/text_pattern.hpp"

#include <algorithm>
#include <set>

namespace cex::plugins {
namespace {

constexpr std::string_view kSkip = "skip";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Splits "text{hole}rest" at the first hole; false when there is none.
bool next_hole(std::string_view& pattern, std::string_view& text, std::string_view& name) {
  const std::size_t open = pattern.find('{');
  if (open == std::string_view::npos) return false;
  const std::size_t close = pattern.find('}', open);
  if (close == std::string_view::npos) return false;
  text = pattern.substr(0, open);
  name = pattern.substr(open + 1, close - open - 1);
  pattern.remove_prefix(close + 1);
  return true;
}

bool only_digits(std::string_view text) {
  return !text.empty() && text.size() <= 9 && std::all_of(text.begin(), text.end(), is_digit);
}

}  // namespace

bool is_pattern(std::string_view pattern, std::initializer_list<std::string_view> names) {
  std::string_view text;
  std::string_view name;
  std::set<std::string_view> seen;
  while (next_hole(pattern, text, name)) {
    if (!seen.empty() && text.empty()) return false;
    if (std::find(names.begin(), names.end(), name) == names.end()) return false;
    if (!seen.insert(name).second && name != kSkip) return false;
  }
  return !seen.empty() && pattern.find('{') == std::string_view::npos;
}

std::optional<Holes> match_line(std::string_view pattern, std::string_view line) {
  Holes holes;
  std::string_view text;
  std::string_view name;
  if (!next_hole(pattern, text, name) || !line.starts_with(text)) return std::nullopt;
  line.remove_prefix(text.size());
  for (bool more = true; more;) {
    const std::string hole{name};
    more = next_hole(pattern, text, name);
    const std::string_view after = more ? text : pattern;  // the literal that ends this hole
    std::size_t end = line.size();
    if (!after.empty()) {
      // The last literal must reach the end of the line, one between holes is the nearest.
      end = more ? line.find(after) : line.size() - std::min(line.size(), after.size());
      if (end == std::string_view::npos || line.substr(end, after.size()) != after) {
        return std::nullopt;
      }
    }
    const std::string_view value = line.substr(0, end);
    const bool number = hole == "line" || hole == "column";
    if (hole != kSkip) {
      if (value.empty() || (number && !only_digits(value))) return std::nullopt;
      holes[hole] = std::string{value};
    }
    line.remove_prefix(std::min(line.size(), end + after.size()));
  }
  return holes;
}

std::optional<std::string> find_version(std::string_view pattern, std::string_view text) {
  std::string_view before;
  std::string_view name;
  if (!next_hole(pattern, before, name)) return std::nullopt;
  for (std::size_t at = text.find(before); at != std::string_view::npos;
       at = text.find(before, at + 1)) {
    const std::string_view rest = text.substr(at + before.size());
    std::size_t length = 0;
    while (length < rest.size() && length < 64 && (is_digit(rest[length]) || rest[length] == '.')) {
      ++length;
    }
    while (length > 0 && rest[length - 1] == '.') --length;
    if (length > 0 && is_digit(rest[0]) && rest.substr(length).starts_with(pattern)) {
      return std::string{rest.substr(0, length)};
    }
  }
  return std::nullopt;
}

}  // namespace cex::plugins
