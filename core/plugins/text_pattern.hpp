// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace cex::plugins {

/// A pattern is literal text with named holes: "{file}:{line}: {message}". There are at least one
/// hole and, between two holes, at least one byte of text; each name is in `names` and stands once,
/// but for {skip}, whose text, even none, is passed over.
[[nodiscard]] bool is_pattern(std::string_view pattern,
                              std::initializer_list<std::string_view> names);

using Holes = std::map<std::string, std::string, std::less<>>;

/// Matches a whole line, holes take as little as they can ({line} and {column}: digits only, the
/// others at least one byte). Linear in the line; nothing is tried twice. Empty: no match.
[[nodiscard]] std::optional<Holes> match_line(std::string_view pattern, std::string_view line);

/// Finds the pattern anywhere in `text`; the hole {version} takes digits and dots, begun by a
/// digit.
[[nodiscard]] std::optional<std::string> find_version(std::string_view pattern,
                                                      std::string_view text);

}  // namespace cex::plugins
