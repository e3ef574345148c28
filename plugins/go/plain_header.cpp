// SPDX-License-Identifier: Apache-2.0
#include "plain_header.hpp"

#include <algorithm>
#include <string>

#include <cex/scan.hpp>

namespace cex::plugins::go {
namespace {

constexpr std::size_t kMaxImports = 200;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_word(char c) {
  return is_letter(c) || plugin::is_digit(c) || c == '_';
}

bool is_in_path(char c) {
  return is_word(c) || c == '/' || c == '.' || c == '-';
}

template <class Is>
std::string_view take_while(std::string_view& text, Is is) {
  const auto end = std::find_if_not(text.begin(), text.end(), is);
  const std::string_view taken = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(taken.size());
  return taken;
}

void skip_blanks(std::string_view& text) {
  take_while(text, [](char c) { return c == ' ' || c == '\t' || c == '\r'; });
}

/// Takes white space and comments off the front; false if one does not end.
bool skip_space(std::string_view& text) {
  for (;;) {
    take_while(text, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
    const bool line = plugin::starts_with(text, "//");
    if (!line && !plugin::starts_with(text, "/*")) return true;
    const std::size_t end = text.find(line ? "\n" : "*/", 2);
    if (end == std::string_view::npos) return false;
    text.remove_prefix(end + (line ? 1 : 2));
  }
}

bool skip_package_clause(std::string_view& text) {
  if (!skip_space(text) || !plugin::skip(text, "package")) return false;
  const std::size_t before = text.size();
  if (!skip_space(text) || text.size() == before || !plugin::skip(text, "main")) return false;
  skip_blanks(text);
  // What else may stand on that line is a comment, and one there can say which import path the
  // package must have.
  return plugin::skip(text, "\n") || plugin::skip(text, ";");
}

bool is_keyword(std::string_view word) {
  static constexpr std::string_view kKeywords[] = {
      "break",  "case",        "chan", "const",   "continue", "default", "defer",
      "else",   "fallthrough", "for",  "func",    "go",       "goto",    "if",
      "import", "interface",   "map",  "package", "range",    "return",  "select",
      "struct", "switch",      "type", "var"};
  return std::find(std::begin(kKeywords), std::end(kKeywords), word) != std::end(kKeywords);
}

/// One import, with or without a name, up to the end of its line.
bool take_import(std::string_view& text, plugin::Strings& paths) {
  if (!plugin::skip(text, ".")) {
    const std::string_view name = take_while(text, is_word);
    if (is_keyword(name) || (!name.empty() && plugin::is_digit(name.front()))) return false;
  }
  skip_blanks(text);
  if (!plugin::skip(text, "\"")) return false;
  paths.emplace_back(take_while(text, is_in_path));
  if (paths.back().empty() || paths.size() > kMaxImports || !plugin::skip(text, "\"")) return false;
  skip_blanks(text);
  return plugin::starts_with(text, "\n") || plugin::starts_with(text, "//");
}

/// "import" was taken.
bool take_imports(std::string_view& text, plugin::Strings& paths) {
  skip_blanks(text);
  if (!plugin::skip(text, "(")) return take_import(text, paths);
  while (skip_space(text) && !text.empty()) {
    if (plugin::skip(text, ")")) {
      skip_blanks(text);
      return plugin::starts_with(text, "\n");
    }
    if (!take_import(text, paths)) return false;
  }
  return false;
}

/// Other characters may be errors even in a comment.
bool is_plain_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= ' ' && c <= '~') || c == '\t' || c == '\r' || c == '\n';
  });
}

}  // namespace

bool is_package_main(std::string_view text) {
  return skip_package_clause(text);
}

std::optional<plugin::Strings> plain_imports(std::string_view text) {
  const std::string_view whole = text;
  plugin::Strings paths;
  if (!skip_package_clause(text)) return std::nullopt;
  while (skip_space(text) && plugin::skip(text, "import")) {
    if (!text.empty() && is_word(text.front())) return std::nullopt;
    if (!take_imports(text, paths)) return std::nullopt;
  }
  // A declaration begins here; one that only looks like an import is none.
  const bool ends = !text.empty() && is_letter(text.front()) && text.front() != 'i';
  if (!ends || !is_plain_text(whole.substr(0, whole.size() - text.size()))) return std::nullopt;
  return paths;
}

}  // namespace cex::plugins::go
