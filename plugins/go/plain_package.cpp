// SPDX-License-Identifier: Apache-2.0
#include "plain_package.hpp"

#include <algorithm>
#include <string>

#include <cex/plan.hpp>
#include <cex/scan.hpp>

#include "plain_header.hpp"

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

/// `go build` refuses names that are the same for a file system that does not tell case.
bool same_but_for_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

bool has_twins(const plugin::Strings& names) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    for (std::size_t j = i + 1; j < names.size(); ++j) {
      if (same_but_for_case(names[i], names[j])) return true;
    }
  }
  return false;
}

plugin::Strings without_repeats(plugin::Strings names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace

bool is_data(std::string_view name) {
  static constexpr std::string_view kEndings[] = {".txt", ".json", ".csv", ".md", ".in", ".out"};
  return std::any_of(std::begin(kEndings), std::end(kEndings),
                     [&](std::string_view ending) { return plugin::ends_with(name, ending); });
}

bool is_whole(std::string_view text) {
  return !text.empty() && text.size() < kShown;
}

bool is_plain_name(std::string_view name) {
  if (!plugin::ends_with(name, ".go")) return false;
  name.remove_suffix(3);
  return !name.empty() && std::all_of(name.begin(), name.end(), is_letter_or_digit);
}

bool is_plain_source(std::string_view text) {
  // Anywhere, though most of it counts only in certain places: strings and comments that look like
  // it are rare.
  static constexpr std::string_view kOrders[] = {"//go:", "+build", "//line", "/*line"};
  if (!is_whole(text) || !is_package_main(text)) return false;
  return std::none_of(std::begin(kOrders), std::end(kOrders), [&](std::string_view order) {
    return text.find(order) != std::string_view::npos;
  });
}

PlainPackage plain_package(const plugin::PlanRequest& request) {
  PlainPackage package;
  plugin::Strings imports;
  bool all = true;
  for (std::size_t i = 0; i < request.files.size(); ++i) {
    const std::string_view name = request.files[i];
    if (name.find('/') != std::string_view::npos) return {};
    if (is_data(name)) continue;
    if (!is_plain_name(name) || !is_plain_source(request.content(i))) return {};
    package.sources.emplace_back(name);
    const auto found = plain_imports(request.content(i));
    all = all && found;
    if (found) imports.insert(imports.end(), found->begin(), found->end());
  }
  if (package.sources.size() > kMaxFiles || has_twins(package.sources)) return {};
  std::sort(package.sources.begin(), package.sources.end());
  if (all) package.imports = without_repeats(std::move(imports));
  return package;
}

}  // namespace cex::plugins::go
