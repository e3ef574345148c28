// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "core/base/result.hpp"
#include "core/plugins/declarative_language.hpp"

namespace cex::plugins {

/// plugin.json, read before any code of a plugin runs.
struct Manifest {
  enum class Kind : std::uint8_t { native, declarative };
  Kind kind{Kind::native};
  std::string id;
  std::string version;
  std::uint32_t abi_major{0};
  std::uint32_t abi_minor{0};
  std::string min_host;                       ///< empty: any
  std::string library;                        ///< native: file name beside the manifest
  std::vector<std::string> languages;         ///< ids
  std::vector<DeclarativeLanguage> declared;  ///< declarative: the whole plugin
};

/// Strict: unknown fields, wrong types and values that the schema forbids are Errc::plugin, naming
/// the place as a JSON pointer. A newer host requirement is refused here too. Pure.
[[nodiscard]] Result<Manifest> parse_manifest(std::string_view text);

}  // namespace cex::plugins
