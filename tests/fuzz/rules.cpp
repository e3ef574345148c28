// SPDX-License-Identifier: Apache-2.0

// The rules for names, globs, variables and arguments, and the text functions below them. The first
// byte chooses the rule; the rest is split at line ends.
#include <algorithm>
#include <cstdint>

#include "core/base/text.hpp"
#include "core/policy/env_rules.hpp"
#include "core/policy/option_rules.hpp"
#include "core/policy/path_rules.hpp"
#include "tests/fuzz/target.hpp"

namespace {

using cex::fuzz::require;
namespace policy = cex::policy;

// What a glob means, said as a table of answers for all ends of pattern and name; slow and plain.
bool matches_by_table(std::string_view pattern, std::string_view name) {
  const std::size_t width = name.size() + 1;
  std::vector<char> good((pattern.size() + 1) * width, 0);
  const auto at = [&](std::size_t p, std::size_t n) -> char& { return good[p * width + n]; };
  at(pattern.size(), name.size()) = 1;
  for (std::size_t p = pattern.size(); p-- > 0;) {
    const bool deep = pattern.substr(p, 2) == "**";
    const bool folders = pattern.substr(p, 3) == "**/" && (p == 0 || pattern[p - 1] == '/');
    for (std::size_t n = width; n-- > 0;) {
      const bool more = n < name.size();
      if (folders) {
        at(p, n) = at(p + 3, n);  // no folder, or all up to any later slash
        for (std::size_t s = n; s < name.size() && at(p, n) == 0; ++s) {
          if (name[s] == '/') at(p, n) = at(p + 3, s + 1);
        }
      } else if (pattern[p] == '*') {
        at(p, n) = static_cast<char>(at(p + (deep ? 2 : 1), n) != 0 ||
                                     (more && (deep || name[n] != '/') && at(p, n + 1) != 0));
      } else if (more && (pattern[p] == '?' ? name[n] != '/' : name[n] == pattern[p])) {
        at(p, n) = at(p + 1, n + 1);
      }
    }
  }
  return at(0, 0) != 0;
}

void check_globs(std::string_view text) {
  const std::string_view pattern = cex::fuzz::take_until(text, '\n').substr(0, 200);
  const std::string_view name = text.substr(0, 200);
  require(cex::glob_match(pattern, name) == matches_by_table(pattern, name), "a glob's meaning");
  static_cast<void>(policy::check_glob(pattern));
}

void check_paths(std::string_view text) {
  cex::FileSet files;
  for (const std::string_view line : cex::fuzz::parts_of(text, '\n')) {
    files.push_back({std::string{line}, std::make_shared<const std::string>(), false, false});
    if (!policy::check_path(line)) continue;
    const auto parts = cex::split(line, '/');
    require(std::none_of(parts.begin(), parts.end(),
                         [](std::string_view part) {
                           return part.empty() || part == "." || part == ".." ||
                                  part.front() == '-' || part.front() == '@';
                         }),
            "a good path goes down only, and no part looks like an option");
    require(cex::is_valid_utf8(line) && line.find('\0') == line.npos, "a good path is text");
    require(cex::is_below("/box/" + std::string{line}, "/box"), "a good path lies in the box");
  }
  if (!policy::check_file_set(files)) return;
  for (const auto& one : files) {
    for (const auto& other : files) {
      require(!cex::is_below(one.path, other.path), "no file is the folder of another");
    }
  }
}

void check_env(std::string_view text) {
  policy::EnvPairs env;
  std::vector<std::string> from_plugin;
  for (std::string_view line : cex::fuzz::parts_of(text, '\n')) {
    from_plugin.emplace_back(line);
    const std::string_view name = cex::fuzz::take_until(line, '=');
    env.emplace_back(name, line);
  }
  const auto harmless = [](const std::vector<std::string>& merged) {
    return std::none_of(merged.begin(), merged.end(), [](const std::string& item) {
      return item.starts_with("LD_") || item.starts_with("GLIBC_TUNABLES=") ||
             item.find('\0') != item.npos || item.find('=') == item.npos;
    });
  };
  if (policy::check_request_env(env)) {
    const auto merged = policy::merge_env({}, env);
    require(merged && harmless(*merged), "a client's variables cannot steer the loader");
    require(std::is_sorted(merged->begin(), merged->end(),
                           [](const auto& a, const auto& b) {
                             return a.substr(0, a.find('=')) < b.substr(0, b.find('='));
                           }),
            "variables are sorted, each name once");
  }
  if (const auto merged = policy::merge_env(from_plugin, {})) {
    require(harmless(*merged), "neither can a plugin's");
  }
}

void check_options(std::string_view text) {
  using Option = cex::langspec::Option;
  const std::string first{cex::fuzz::take_until(text, '\n')};
  const std::vector<Option> offered{{"x", "level", "1", {"0", "1", "2"}, Option::Kind::choice},
                                    {"x",
                                     "flags",
                                     "",
                                     {"-O*", "-std=*", "-Wl*", "-g", "*", first},
                                     Option::Kind::compile_argument},
                                    {"x", "free", "", {}, Option::Kind::free_text}};
  std::vector<std::string> args;
  std::vector<std::pair<std::string, std::string>> asked;
  for (std::string_view line : cex::fuzz::parts_of(text, '\n')) {
    args.emplace_back(line);
    const std::string_view id = cex::fuzz::take_until(line, '=');
    asked.emplace_back(id, line);
  }
  static_cast<void>(policy::check_program_args(args));
  if (policy::check_compile_args(offered, "x", args)) {
    for (const std::string& arg : args) {
      if (arg == first || arg == "*") continue;  // what the plugin wrote out itself
      if (first.ends_with('*') && arg.starts_with(first.substr(0, first.size() - 1))) continue;
      require(arg.starts_with('-') && arg.find('/') == arg.npos && arg.find("..") == arg.npos,
              "a compiler's argument names no path");
    }
  }
  if (const auto chosen = policy::check_options(offered, "x", asked)) {
    require(chosen->size() == 1 && chosen->front().starts_with("level="), "one of the offered");
  }
}

void check_text(std::string_view text) {
  const auto decoded = cex::base64_decode(cex::base64_encode(text));
  require(decoded && *decoded == text, "base64 there and back");
  if (const auto bytes = cex::base64_decode(text)) {
    require(cex::base64_encode(*bytes).size() == text.size(), "base64 has one length");
  }
  const std::string shown = cex::printable(text, 40);
  require(shown.size() <= 43, "what is shown is short");
  require(std::none_of(shown.begin(), shown.end(), [](unsigned char c) { return c < 0x20U; }),
          "and holds no control character");
  if (const auto number = cex::parse_u64(text)) {
    require(cex::parse_u64(std::to_string(*number)) == number, "a number is a number");
  }
  std::vector<std::string> parts;
  for (const std::string_view part : cex::split(text, '/')) parts.emplace_back(part);
  require(cex::join(parts, "/").size() <= text.size(), "parts are no longer than the whole");
  require(cex::trim(text).size() <= text.size(), "neither is what is left after trimming");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text = cex::fuzz::text_of(data + 1, size - 1);
  switch (data[0]) {
    case 'g':
      check_globs(text);
      break;
    case 'p':
      check_paths(text);
      break;
    case 'e':
      check_env(text);
      break;
    case 'o':
      check_options(text);
      break;
    case 't':
      check_text(text);
      break;
    default:
      return -1;  // no use in the corpus
  }
  return 0;
}
