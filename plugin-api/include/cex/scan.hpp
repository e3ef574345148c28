// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <cex/plugin/values.hpp>

/// Linear scanners for what compilers say. The text is written by the user who submitted the
/// program: no regular expressions, no recursion, lines cut at 4 KiB, at most 200 diagnostics.
namespace cex::plugin {

inline constexpr std::size_t kMaxScanLine = 4096;
inline constexpr std::size_t kMaxDiagnostics = 200;

/// Calls `use(line)` for each line, without its end; returns early when `use` answers false.
template <class Use>
void for_each_line(std::string_view text, Use&& use) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (!use(line.substr(0, kMaxScanLine))) return;
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

[[nodiscard]] inline bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

[[nodiscard]] inline bool starts_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

[[nodiscard]] inline bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

/// Takes `start` off the front of `text`, or answers false.
inline bool skip(std::string_view& text, std::string_view start) {
  if (!starts_with(text, start)) return false;
  text.remove_prefix(start.size());
  return true;
}

/// Takes a number (at most nine digits) off the front of `text`, or answers false.
inline bool take_number(std::string_view& text, std::uint32_t& number) {
  std::size_t digits = 0;
  std::uint32_t value = 0;
  while (digits < text.size() && digits < 10 && is_digit(text[digits])) {
    value = value * 10 + static_cast<std::uint32_t>(text[digits] - '0');
    ++digits;
  }
  if (digits == 0 || digits > 9) return false;
  text.remove_prefix(digits);
  number = value;
  return true;
}

[[nodiscard]] inline std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// The dotted number after the first `before` that has one: ("Python 3.11.2", "Python ") gives
/// "3.11.2"; empty when there is none.
[[nodiscard]] inline std::string scan_version(std::string_view text, std::string_view before) {
  for (std::size_t at = text.find(before); at != std::string_view::npos;
       at = text.find(before, at + 1)) {
    const std::string_view rest = text.substr(at + before.size()).substr(0, 64);
    std::size_t length = 0;
    while (length < rest.size() && (is_digit(rest[length]) || rest[length] == '.')) ++length;
    while (length > 0 && rest[length - 1] == '.') --length;
    if (length > 0 && is_digit(rest[0])) return std::string(rest.substr(0, length));
  }
  return {};
}

namespace detail {

/// File name as the user knows it: no "./" in front.
inline std::string plain_file(std::string_view file) {
  while (starts_with(file, "./")) file.remove_prefix(2);
  return std::string(file);
}

/// Splits "file:12:5: rest" or "file:12: rest". The file is what stands before the first colon that
/// is followed by a number and another colon.
inline bool split_location(std::string_view line, Diagnostic& found, std::string_view& rest) {
  for (std::size_t at = line.find(':'); at != std::string_view::npos; at = line.find(':', at + 1)) {
    std::string_view tail = line.substr(at + 1);
    if (at == 0 || !take_number(tail, found.line) || !skip(tail, ":")) continue;
    std::string_view after_column = tail;
    found.column = 0;
    if (take_number(after_column, found.column) && skip(after_column, ":")) {
      tail = after_column;
    } else {
      found.column = 0;
    }
    found.file = plain_file(line.substr(0, at));
    rest = trimmed(tail);
    return true;
  }
  return false;
}

/// "fatal error: x" and friends; answers false when no severity is written.
inline bool take_severity(std::string_view& rest, Severity& severity) {
  static constexpr std::pair<std::string_view, Severity> kNames[] = {
      {"fatal error: ", Severity::error}, {"internal compiler error: ", Severity::error},
      {"error: ", Severity::error},       {"warning: ", Severity::warning},
      {"note: ", Severity::note},         {"remark: ", Severity::note}};
  for (const auto& [name, value] : kNames) {
    if (skip(rest, name)) {
      severity = value;
      return true;
    }
  }
  return false;
}

/// Moves a trailing "[-Wunused]" from the message into the code.
inline void split_code(std::string_view message, Diagnostic& found) {
  const std::size_t open = message.rfind(" [-W");
  if (open != std::string_view::npos && message.back() == ']') {
    found.code = std::string(message.substr(open + 2, message.size() - open - 3));
    message = message.substr(0, open);
  }
  found.message = std::string(message);
}

}  // namespace detail

/// gcc, clang, go, kotlinc: "file:line:column: severity: message [-Wcode]". Column and severity may
/// be absent; a line with a position but no severity is an error (Go says it so).
[[nodiscard]] inline std::vector<Diagnostic> scan_gnu_style(std::string_view text) {
  std::vector<Diagnostic> all;
  for_each_line(text, [&](std::string_view line) {
    // Indented lines are source excerpts, "In file included from" only leads to the next line.
    if (line.empty() || line.front() == ' ' || line.front() == '\t' || line.front() == '#' ||
        starts_with(line, "In file included from ")) {
      return true;
    }
    Diagnostic found;
    std::string_view rest;
    if (!detail::split_location(line, found, rest) || rest.empty()) return true;
    if (!detail::take_severity(rest, found.severity)) found.severity = Severity::error;
    detail::split_code(rest, found);
    all.push_back(std::move(found));
    return all.size() < kMaxDiagnostics;
  });
  return all;
}

/// javac: "File.java:3: error: message", an excerpt, a caret line that gives the column.
[[nodiscard]] inline std::vector<Diagnostic> scan_javac(std::string_view text) {
  std::vector<Diagnostic> all;
  bool caret_wanted = false;
  for_each_line(text, [&](std::string_view line) {
    const std::string_view bare = trimmed(line);
    if (caret_wanted && bare == "^") {
      all.back().column = static_cast<std::uint32_t>(line.find('^') + 1);
      caret_wanted = false;
      return true;
    }
    Diagnostic found;
    std::string_view rest = line;
    if (!detail::take_severity(rest,
                               found.severity)) {  // "error: release version 99 not supported"
      if (line.empty() || line.front() == ' ' || !detail::split_location(line, found, rest))
        return true;
      // "File.java:3: warning: [unchecked] message", or "File.java:3: error: message"
      if (!detail::take_severity(rest, found.severity)) return true;
    }
    if (all.size() == kMaxDiagnostics) return false;
    if (!rest.empty() && rest.front() == '[') {
      const std::size_t close = rest.find("] ");
      if (close != std::string_view::npos) {
        found.code = std::string(rest.substr(1, close - 1));
        rest.remove_prefix(close + 2);
      }
    }
    found.message = std::string(rest);
    caret_wanted = found.line != 0;
    all.push_back(std::move(found));
    return true;
  });
  return all;
}

/// CPython: each traceback or syntax error gives one error, at the innermost frame.
[[nodiscard]] inline std::vector<Diagnostic> scan_python_traceback(std::string_view text) {
  std::vector<Diagnostic> all;
  Diagnostic pending;
  for_each_line(text, [&](std::string_view line) {
    std::string_view rest = line;
    if (skip(rest, "  File \"")) {
      const std::size_t quote = rest.rfind("\", line ");
      if (quote == std::string_view::npos) return true;
      std::string_view number = rest.substr(quote + 8);
      pending.file = detail::plain_file(rest.substr(0, quote));
      if (!take_number(number, pending.line)) pending.line = 0;
      return true;
    }
    // Frames and excerpts are indented; what follows them unindented is the exception.
    if (pending.file.empty() || line.empty() || line.front() == ' ') return true;
    const std::size_t colon = line.find(": ");
    pending.code = std::string(line.substr(0, std::min(colon, line.size())));
    if (pending.code.find(' ') != std::string::npos) pending.code.clear();
    pending.message = std::string(line);
    all.push_back(std::move(pending));
    pending = Diagnostic{};
    return all.size() < kMaxDiagnostics;
  });
  return all;
}

}  // namespace cex::plugin
