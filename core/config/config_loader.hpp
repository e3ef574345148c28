// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/result.hpp"
#include "core/config/config.hpp"

namespace cex::config {

inline constexpr const char* kDefaultFile = "/etc/code-executor/config.toml";

struct LoadOptions {
  std::string file{kDefaultFile};  ///< `conf.d/*.toml` beside it is read after it, by name
  bool file_required{false};       ///< a missing file is an error (somebody named it)
  /// From the command line, strongest: key path and text, e.g. {"server.listen", "127.0.0.1:0"}.
  /// A list takes its items separated by ':'; a path ending in '+' adds one item to the list:
  /// {"plugins.path+", "DIR"}.
  std::vector<std::pair<std::string, std::string>> overrides;
  /// Where CODE_EXECUTOR_... variables are looked up; empty: the process's environment.
  std::function<const char*(const char*)> environment;
};

/// One key of the configuration with its value in force and where it came from.
struct Setting {
  std::string path;         ///< "server.listen"
  std::string value;        ///< as TOML
  std::string origin;       ///< "default", "FILE:LINE", "environment NAME" or "command line"
  std::string environment;  ///< the variable that would set it
  std::string description;
  bool reloadable{false};  ///< a running server takes a new value on SIGHUP
};

/// defaults() < files < environment < command line. Unknown keys, wrong types, values out of range
/// and defaults above their maximum are errors, all of them reported at once, one a line, each with
/// FILE:LINE:COLUMN (or the variable, or the option). Built-in default limits that nobody set are
/// lowered to a smaller maximum. Errors: Errc::config.
[[nodiscard]] Result<Config> load(const LoadOptions& options);

/// The same, as `cex config show` prints it: every key in the table's order.
[[nodiscard]] Result<std::vector<Setting>> settings(const LoadOptions& options);

}  // namespace cex::config
