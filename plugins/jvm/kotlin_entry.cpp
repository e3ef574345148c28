// SPDX-License-Identifier: Apache-2.0
#include "kotlin_entry.hpp"

#include <algorithm>
#include <cstddef>

#include <cex/plan.hpp>
#include <cex/scan.hpp>

namespace cex::plugins::jvm {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_word(char c) {
  return is_letter(c) || plugin::is_digit(c) || c == '_';
}

std::size_t count(std::string_view text, std::string_view what) {
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != std::string_view::npos;
       at = text.find(what, at + what.size())) {
    ++found;
  }
  return found;
}

/// What is open at the end of some text, counted blindly: braces and comments in strings count too.
/// Who finds everything closed is on the top level, who does not may be anywhere.
class Balance {
 public:
  void read(std::string_view line) {
    const auto braces = [&](char c) { return std::count(line.begin(), line.end(), c); };
    depth_ += braces('{') - braces('}');
    comments_ += count(line, "/*") - count(line, "*/");
    raw_strings_ += count(line, "\"\"\"");
  }
  [[nodiscard]] bool is_even() const {
    return depth_ == 0 && comments_ == 0 && raw_strings_ % 2 == 0;
  }

 private:
  std::ptrdiff_t depth_ = 0;
  std::size_t comments_ = 0;  // wraps, and comes back
  std::size_t raw_strings_ = 0;
};

/// "Main" of "a/main.kt"; empty for names that Kotlin has to bend.
std::string stem_of(std::string_view file) {
  std::string_view name = plugin::base_name(file);
  if (!plugin::ends_with(name, ".kt")) return {};
  name.remove_suffix(3);
  if (name.empty() || !is_letter(name[0]) || !std::all_of(name.begin(), name.end(), is_word)) {
    return {};
  }
  std::string stem(name);
  if (stem[0] >= 'a') stem[0] = static_cast<char>(stem[0] - 'a' + 'A');
  return stem;
}

/// "a.b" of "package a.b"; empty for what is no plain name.
std::string package_of(std::string_view line) {
  std::string_view name = plugin::trimmed(line);
  if (!name.empty() && name.back() == ';') name.remove_suffix(1);
  const auto plain = [](char c) { return is_word(c) || c == '.'; };
  if (name.empty() || !std::all_of(name.begin(), name.end(), plain)) return {};
  return std::string(name);
}

}  // namespace

std::optional<std::string> kotlin_main_class(std::string_view file, std::string_view text) {
  const std::string stem = stem_of(file);
  if (stem.empty()) return std::nullopt;
  Balance balance;
  std::string package;
  bool found = false;
  bool odd = false;
  plugin::for_each_line(text, [&](std::string_view line) {
    if (balance.is_even()) {
      found =
          plugin::starts_with(line, "fun main(") || plugin::starts_with(line, "suspend fun main(");
      std::string_view rest = plugin::trimmed(line);
      if (plugin::skip(rest, "package") && (rest.empty() || !is_word(rest[0]))) {
        odd = odd || !package.empty();
        package = package_of(rest);
        odd = odd || package.empty();
      }
    }
    // An annotation of the file may give the class another name; of a long line the end is not
    // here.
    odd =
        odd || line.find("@file:") != std::string_view::npos || line.size() == plugin::kMaxScanLine;
    balance.read(line);
    return !found && !odd;
  });
  if (!found || odd) return std::nullopt;
  return (package.empty() ? "" : package + ".") + stem + "Kt";
}

}  // namespace cex::plugins::jvm
