// SPDX-License-Identifier: Apache-2.0
#include "plain_package.hpp"

#include <algorithm>
#include <string>

#include <cex/plan.hpp>
#include <cex/scan.hpp>

namespace cex::plugins::go {
namespace {

constexpr std::size_t kShown = std::size_t{64} << 10u;  // bytes of a file that the host shows
constexpr std::size_t kMaxFiles = 100;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_letter_or_digit(char c) {
  return (lower(c) >= 'a' && lower(c) <= 'z') || plugin::is_digit(c);
}

/// Takes white space and comments off the front; false if one does not end.
bool skip_space(std::string_view& text) {
  for (;;) {
    const std::size_t next = text.find_first_not_of(" \t\r\n");
    text.remove_prefix(std::min(next, text.size()));
    const bool line = plugin::starts_with(text, "//");
    if (!line && !plugin::starts_with(text, "/*")) return true;
    const std::size_t end = text.find(line ? "\n" : "*/", 2);
    if (end == std::string_view::npos) return false;
    text.remove_prefix(end + (line ? 1 : 2));
  }
}

/// "package main" and the end of a line, after comments. What else may stand on that line is a
/// comment, and one there can say which import path the package must have.
bool is_package_main(std::string_view text) {
  if (!skip_space(text) || !plugin::skip(text, "package")) return false;
  const std::size_t before = text.size();
  if (!skip_space(text) || text.size() == before || !plugin::skip(text, "main")) return false;
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r"), text.size()));
  return plugin::starts_with(text, "\n") || plugin::starts_with(text, ";");
}

/// Files beside the program that have no meaning for any version of `go build`.
bool is_data(std::string_view name) {
  static constexpr std::string_view kEndings[] = {".txt", ".json", ".csv", ".md", ".in", ".out"};
  return std::any_of(std::begin(kEndings), std::end(kEndings),
                     [&](std::string_view ending) { return plugin::ends_with(name, ending); });
}

/// `go build` refuses names that are the same for a file system that does not tell case.
bool same_but_for_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

bool is_plain_name(std::string_view name) {
  if (!plugin::ends_with(name, ".go")) return false;
  name.remove_suffix(3);
  return !name.empty() && std::all_of(name.begin(), name.end(), is_letter_or_digit);
}

bool is_plain_source(std::string_view text) {
  // Anywhere, though most of it counts only in certain places: strings and comments that look like
  // it are rare.
  static constexpr std::string_view kOrders[] = {"//go:", "+build", "//line", "/*line"};
  if (text.empty() || text.size() >= kShown || !is_package_main(text)) return false;
  return std::none_of(std::begin(kOrders), std::end(kOrders), [&](std::string_view order) {
    return text.find(order) != std::string_view::npos;
  });
}

plugin::Strings plain_package(const plugin::PlanRequest& request) {
  plugin::Strings sources;
  for (std::size_t i = 0; i < request.files.size(); ++i) {
    const std::string_view name = request.files[i];
    if (name.find('/') != std::string_view::npos) return {};
    if (is_data(name)) continue;
    if (!is_plain_name(name) || !is_plain_source(request.content(i))) return {};
    sources.emplace_back(name);
  }
  if (sources.size() > kMaxFiles) return {};
  std::sort(sources.begin(), sources.end());
  for (std::size_t i = 0; i < sources.size(); ++i) {
    for (std::size_t j = i + 1; j < sources.size(); ++j) {
      if (same_but_for_case(sources[i], sources[j])) return {};
    }
  }
  return sources;
}

}  // namespace cex::plugins::go
