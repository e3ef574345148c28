// SPDX-License-Identifier: Apache-2.0
#include "core/policy/option_rules.hpp"

#include <algorithm>

#include "core/base/text.hpp"

namespace cex::policy {
namespace {

using langspec::Option;

constexpr std::size_t kMaxArguments = 256;
constexpr std::size_t kMaxArgumentBytes = 8192;
constexpr std::size_t kMaxCompileArgumentBytes = 256;

std::string child(std::string_view pointer, std::string_view name) {
  return std::string{pointer} + "/" + std::string{name};
}

const Option* find_option(const std::vector<Option>& offered, std::string_view language,
                          std::string_view id) {
  const auto found = std::ranges::find_if(offered, [&](const Option& option) {
    return option.language == language && option.id == id &&
           (option.kind == Option::Kind::choice || option.kind == Option::Kind::free_text);
  });
  return found == offered.end() ? nullptr : &*found;
}

std::vector<std::string> option_ids(const std::vector<Option>& offered, std::string_view language) {
  std::vector<std::string> ids;
  for (const Option& option : offered) {
    if (option.language == language && option.kind == Option::Kind::choice)
      ids.push_back(option.id);
  }
  return ids;
}

Result<void> check_option(const std::vector<Option>& offered, std::string_view language,
                          const std::string& id, const std::string& value,
                          std::string_view pointer) {
  const Option* option = find_option(offered, language, id);
  if (option == nullptr) {
    const auto ids = option_ids(offered, language);
    return fail_at(Errc::invalid_request, std::string{pointer},
                   "unknown option '" + printable(id, 40) + "'; " +
                       (ids.empty() ? std::string{"this language has none"}
                                    : "this language has: " + join(ids, ", ")));
  }
  if (option->kind == Option::Kind::free_text) {
    return fail_at(Errc::invalid_request, child(pointer, id),
                   "option " + id + " takes free text, which this server does not accept");
  }
  if (std::ranges::find(option->allowed, value) == option->allowed.end()) {
    return fail_at(Errc::invalid_request, child(pointer, id),
                   "option " + id + " allows: " + join(option->allowed, ", "));
  }
  return {};
}

/// What stands for the star of "-std=*": text that cannot name a file or carry further arguments.
bool is_harmless(std::string_view text, bool comma_separates) {
  if (text.empty() || text.find("..") != std::string_view::npos) return false;
  return std::ranges::all_of(text, [&](char c) {
    if (c < 0x20 || c > 0x7E || c == '/' || c == '\\' || c == '@') return false;
    return c != ',' || !comma_separates;
  });
}

bool allows(std::string_view pattern, std::string_view argument) {
  if (!pattern.ends_with('*')) return argument == pattern;
  const std::string_view prefix = pattern.substr(0, pattern.size() - 1);
  // A bare star would allow everything; a plugin that says so is not believed.
  if (prefix.size() < 2 || !argument.starts_with(prefix)) return false;
  return is_harmless(argument.substr(prefix.size()), prefix.starts_with("-W"));
}

}  // namespace

Result<std::vector<std::string>> check_options(
    const std::vector<Option>& offered, std::string_view language,
    const std::vector<std::pair<std::string, std::string>>& asked, std::string_view pointer) {
  for (const auto& [id, value] : asked) {
    CEX_CHECK(check_option(offered, language, id, value, pointer));
  }
  std::vector<std::string> chosen;
  for (const Option& option : offered) {
    if (option.language != language || option.kind != Option::Kind::choice) continue;
    const auto wanted =
        std::ranges::find_if(asked, [&](const auto& pair) { return pair.first == option.id; });
    const std::string& value = wanted == asked.end() ? option.default_value : wanted->second;
    if (!value.empty()) chosen.push_back(option.id + "=" + value);
  }
  return chosen;
}

std::vector<std::string> compile_arguments(const std::vector<Option>& offered,
                                           std::string_view language) {
  std::vector<std::string> patterns;
  for (const Option& option : offered) {
    // Flags of a run-time system travel with the compiler's; the plugin is told which are which.
    const bool arguments = option.kind == Option::Kind::compile_argument ||
                           option.kind == Option::Kind::runtime_argument;
    if (option.language != language || !arguments) continue;
    patterns.insert(patterns.end(), option.allowed.begin(), option.allowed.end());
  }
  return patterns;
}

Result<void> check_compile_args(const std::vector<Option>& offered, std::string_view language,
                                const std::vector<std::string>& args, std::string_view pointer) {
  const auto patterns = compile_arguments(offered, language);
  if (args.size() > kMaxArguments) {
    return fail_at(Errc::invalid_request, std::string{pointer},
                   "at most " + std::to_string(kMaxArguments) + " arguments");
  }
  for (std::size_t i = 0; i < args.size(); ++i) {
    const bool good = args[i].size() <= kMaxCompileArgumentBytes &&
                      std::ranges::any_of(
                          patterns, [&](const auto& pattern) { return allows(pattern, args[i]); });
    if (good) continue;
    return fail_at(Errc::invalid_request, child(pointer, std::to_string(i)),
                   "compiler argument '" + printable(args[i], 60) + "' is not allowed; " +
                       (patterns.empty() ? std::string{"this language takes none"}
                                         : "allowed: " + join(patterns, " ")));
  }
  return {};
}

Result<void> check_program_args(const std::vector<std::string>& args, std::string_view pointer) {
  if (args.size() > kMaxArguments) {
    return fail_at(Errc::invalid_request, std::string{pointer},
                   "at most " + std::to_string(kMaxArguments) + " arguments");
  }
  for (std::size_t i = 0; i < args.size(); ++i) {
    if (args[i].size() > kMaxArgumentBytes) {
      return fail_at(Errc::invalid_request, child(pointer, std::to_string(i)),
                     "argument has more than " + std::to_string(kMaxArgumentBytes) + " bytes");
    }
    if (args[i].find('\0') != std::string::npos) {
      return fail_at(Errc::invalid_request, child(pointer, std::to_string(i)),
                     "argument has a NUL byte");
    }
  }
  return {};
}

}  // namespace cex::policy
