// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/base/result.hpp"
#include "core/langspec/lang_spec.hpp"
#include "core/plugins/manifest.hpp"

struct cex_plugin;

namespace cex::plugins {

/// A plugin's function table, and what it lives in.
struct TableSource {
  std::shared_ptr<const void> owner;  ///< let go after the last use of the table
  const cex_plugin* table;
  void* self{nullptr};                     ///< what open() finds in *self
  std::function<std::string()> trouble{};  ///< LangSpec::trouble(); none: never
};

/// Passes gates 2 and 3: magic, size and major of the table, agreement with the manifest, open().
/// Errors: Errc::plugin naming the gate.
[[nodiscard]] Result<std::shared_ptr<const langspec::LangSpec>> open_table(
    TableSource source, const Manifest& manifest);

/// Gate 1, as far as versions go: nothing is loaded that speaks another ABI. Errors: Errc::plugin.
[[nodiscard]] Result<void> check_major(const Manifest& manifest);

/// Loads `path` (absolute, already trusted) into this process, and open_table(). The object
/// closes when the answer is destroyed. Errors: Errc::plugin naming the gate.
[[nodiscard]] Result<std::shared_ptr<const langspec::LangSpec>> open_native(
    const std::string& path, const Manifest& manifest);

/// Does an option's item ("-O2", or "-D*" with at least one byte for the star) allow the argument?
[[nodiscard]] bool item_allows(std::string_view item, std::string_view argument) noexcept;

}  // namespace cex::plugins
