// SPDX-License-Identifier: Apache-2.0
#include "sources.hpp"

#include <algorithm>

#include <cex/scan.hpp>

namespace cex::plugins::cpp {
namespace {

constexpr std::size_t kShownWhole = 64 * 1024;  // of a file; cex_plan_request.contents ends there

bool mentions(std::string_view text, std::string_view word) {
  return text.find(word) != std::string_view::npos;
}

bool asks_for_more(std::string_view text) {
  static constexpr std::string_view kWords[] = {"__DATE__",      "__TIME__",    "__TIMESTAMP__",
                                                "__has_include", "__has_embed", "incbin",
                                                "embed",         "_Pragma"};
  return text.size() >= kShownWhole || mentions(text, "\"/") || mentions(text, "</") ||
         mentions(text, "../") ||
         std::any_of(std::begin(kWords), std::end(kWords),
                     [&](std::string_view word) { return mentions(text, word); });
}

/// Drops blanks, line ends and comments from the front; false where a comment does not end.
bool skip_blank(std::string_view& text) {
  while (true) {
    const std::size_t start = text.find_first_not_of(" \t\r\n\v\f");
    text.remove_prefix(start == std::string_view::npos ? text.size() : start);
    if (plugin::starts_with(text, "//")) {
      const std::size_t end = text.find('\n');
      // A backslash before the line's end would carry the comment on.
      if (end == std::string_view::npos || text.substr(0, end).find('\\') != std::string_view::npos)
        return false;
      text.remove_prefix(end);
    } else if (plugin::starts_with(text, "/*")) {
      const std::size_t end = text.find("*/", 2);
      if (end == std::string_view::npos) return false;
      text.remove_prefix(end + 2);
    } else {
      return true;
    }
  }
}

}  // namespace

bool is_repeatable(const plugin::PlanRequest& request) {
  return request.contents.size() == request.files.size() &&
         std::none_of(request.contents.begin(), request.contents.end(), asks_for_more);
}

std::string_view first_include(std::string_view source) {
  if (!skip_blank(source) || !plugin::skip(source, "#")) return {};
  const auto blanks = [&] {
    source.remove_prefix(std::min(source.find_first_not_of(" \t"), source.size()));
  };
  blanks();
  if (!plugin::skip(source, "include")) return {};
  blanks();
  if (!plugin::skip(source, "<")) return {};
  const std::size_t end = source.find_first_of(">\n");
  if (end == std::string_view::npos || source[end] != '>') return {};
  return source.substr(0, end);
}

}  // namespace cex::plugins::cpp
