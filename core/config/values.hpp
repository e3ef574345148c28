// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/result.hpp"

namespace cex::config {

/// A value of one key, whatever it came from.
using Value = std::variant<bool, std::int64_t, double, std::string, std::vector<std::string>>;

enum class Kind : std::uint8_t {
  boolean,
  integer,  ///< whole number in the key's range
  bytes,    ///< integer, or text with a unit: "256 MiB"
  decimal,  ///< number in thousandths of the key's range: CPUs
  text,
  list,  ///< of text
};

/// What a message calls the kind: "a whole number", "a list of strings".
[[nodiscard]] std::string_view name_of(Kind kind) noexcept;

/// "256 MiB", "1GiB", "64 KiB" or plain digits; units are powers of 1024.
[[nodiscard]] Result<std::int64_t> parse_bytes(std::string_view text);

/// Text of an environment variable or a command line as a value of `kind`; a list takes its items
/// separated by ':'.
[[nodiscard]] Result<Value> parse_value(Kind kind, std::string_view text);

/// The value as TOML would write it.
[[nodiscard]] std::string to_toml(const Value& value);

}  // namespace cex::config
