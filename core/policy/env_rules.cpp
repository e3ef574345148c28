// SPDX-License-Identifier: Apache-2.0
#include "core/policy/env_rules.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "core/base/text.hpp"

namespace cex::policy {
namespace {

constexpr std::size_t kMaxNameBytes = 128;
constexpr std::size_t kMaxValueBytes = 8192 - kMaxNameBytes - 1;
constexpr std::size_t kMaxVariables = 256;

// Exact names, or a prefix where the entry ends in '*'. These steer the dynamic loader or start
// code before the program's own first line.
constexpr std::array kForbiddenToAll{std::string_view{"LD_*"}, std::string_view{"GLIBC_TUNABLES"}};
constexpr std::array kForbiddenToRequests{std::string_view{"JAVA_TOOL_OPTIONS"},
                                          std::string_view{"JDK_JAVA_OPTIONS"},
                                          std::string_view{"_JAVA_OPTIONS"},
                                          std::string_view{"JDK_JAVAC_OPTIONS"},
                                          std::string_view{"PYTHONSTARTUP"},
                                          std::string_view{"PYTHONHOME"},
                                          std::string_view{"GOFLAGS"},
                                          std::string_view{"GOENV"},
                                          std::string_view{"GCC_*"},
                                          std::string_view{"COMPILER_PATH"},
                                          std::string_view{"BASH_ENV"},
                                          std::string_view{"ENV"},
                                          std::string_view{"NODE_OPTIONS"},
                                          std::string_view{"PERL5OPT"},
                                          std::string_view{"RUBYOPT"}};

template <std::size_t N>
bool listed(const std::array<std::string_view, N>& list, std::string_view name) {
  return std::ranges::any_of(list, [&](std::string_view entry) {
    if (!entry.ends_with('*')) return name == entry;
    return name.starts_with(entry.substr(0, entry.size() - 1));
  });
}

bool is_letter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxNameBytes && is_letter(name.front()) &&
         std::ranges::all_of(name, [](char c) { return is_letter(c) || is_digit(c); });
}

bool has_nul(std::string_view text) {
  return text.find('\0') != std::string_view::npos;
}

}  // namespace

const EnvPairs& base_env() {
  static const EnvPairs base{
      {"PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
      {"HOME", "/tmp"},
      {"LANG", "C.UTF-8"},
      {"TMPDIR", "/tmp"}};
  return base;
}

Result<void> check_request_env(const EnvPairs& env, std::string_view pointer) {
  if (env.size() > kMaxVariables) {
    return fail_at(Errc::invalid_request, std::string{pointer},
                   "at most " + std::to_string(kMaxVariables) + " variables");
  }
  for (const auto& [name, value] : env) {
    if (!is_name(name)) {
      return fail_at(
          Errc::invalid_request, std::string{pointer},
          "a variable's name must match [A-Za-z_][A-Za-z0-9_]* and have at most 128 bytes");
    }
    const std::string at = std::string{pointer} + "/" + name;
    if (has_nul(value)) return fail_at(Errc::invalid_request, at, "value has a NUL byte");
    if (value.size() > kMaxValueBytes) {
      return fail_at(Errc::invalid_request, at,
                     "value has more than " + std::to_string(kMaxValueBytes) + " bytes");
    }
    if (listed(kForbiddenToAll, name) || listed(kForbiddenToRequests, name)) {
      return fail_at(Errc::invalid_request, at,
                     name + " may not be set: it steers the loader or the start of a runtime");
    }
  }
  return {};
}

Result<std::vector<std::string>> merge_env(const std::vector<std::string>& plugin_env,
                                           const EnvPairs& request_env) {
  std::map<std::string, std::string> merged{base_env().begin(), base_env().end()};
  for (const std::string& item : plugin_env) {
    const auto equals = item.find('=');
    const std::string name = item.substr(0, equals);
    if (equals == std::string::npos || !is_name(name) || has_nul(item)) {
      return fail(Errc::policy, "env: '" + printable(item, 60) + "' is not NAME=value");
    }
    if (listed(kForbiddenToAll, name)) {
      return fail(Errc::policy, "env: " + printable(name) + " is refused: it steers the loader");
    }
    merged.insert_or_assign(name, item.substr(equals + 1));
  }
  for (const auto& [name, value] : request_env) merged.insert_or_assign(name, value);

  std::vector<std::string> env;
  env.reserve(merged.size());
  for (const auto& [name, value] : merged) env.emplace_back(name).append("=").append(value);
  return env;
}

}  // namespace cex::policy
