// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/config/values.hpp"

namespace cex::config {

/// One `key = value` of a file. `value` is empty for what no key can hold (dates, mixed lists).
struct TomlLeaf {
  std::string path;      ///< "server.listen"
  std::string location;  ///< "FILE:LINE:COLUMN"
  std::optional<Value> value;
};

/// The leaves of `file` and then of `conf.d/*.toml` beside it, by name.
/// A missing `file` is an error only if it is required. Errors: config, one a line, for what cannot
/// be read or is not TOML.
[[nodiscard]] Result<std::vector<TomlLeaf>> read_toml(const std::string& file, bool required);

}  // namespace cex::config
