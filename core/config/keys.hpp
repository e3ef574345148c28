// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/config.hpp"
#include "core/config/values.hpp"

namespace cex::config {

/// One key of the configuration. Reading, checking, environment variables, `cex config show` and
/// the manual all come from the one table of these.
struct Key {
  std::string path;  ///< "server.listen"
  Kind kind{Kind::text};
  std::int64_t min{0};  ///< integer and bytes: the range; decimal: in thousandths
  std::int64_t max{0};
  std::vector<std::string> choices;  ///< text only; empty: any
  std::string description;
  std::function<void(Config&, const Value&)> set;
  std::function<Value(const Config&)> get;
  bool reloadable{false};  ///< SIGHUP brings a new value into force; else it needs a restart
  bool is_folder{false};   ///< on the command line, relative to the working directory

  /// "CODE_EXECUTOR_SERVER_LISTEN"
  [[nodiscard]] std::string environment() const;
};

/// Every key with a fixed name, in the order of the manual.
[[nodiscard]] const std::vector<Key>& keys();

/// The keys of `languages.<id>`.
[[nodiscard]] std::vector<Key> language_keys(const std::string& id);

/// 1-64 letters, digits, '-' and '_': a dot would end the name in a key's path.
[[nodiscard]] bool is_tenant_name(std::string_view name);

/// The keys of `tenants.<name>`; reading them needs a configuration that has the section.
[[nodiscard]] std::vector<Key> tenant_keys(const std::string& name);

/// Is `value` of the key's kind and in its range? Errors: config, without the key's name.
[[nodiscard]] Result<void> check(const Key& key, const Value& value);

}  // namespace cex::config
