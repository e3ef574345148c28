// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "core/base/result.hpp"
#include "core/langspec/lang_spec.hpp"
#include "core/plugins/manifest.hpp"

namespace cex::plugins {

/// Loads `path` (absolute, already trusted) and passes gates 2 and 3: magic, size and major of the
/// entry table, agreement with the manifest, open(). The object closes when the answer is
/// destroyed. Errors: Errc::plugin naming the gate.
[[nodiscard]] Result<std::shared_ptr<const langspec::LangSpec>> open_native(
    const std::string& path, const Manifest& manifest);

/// Does an option's item ("-O2", or "-D*" with at least one byte for the star) allow the argument?
[[nodiscard]] bool item_allows(std::string_view item, std::string_view argument) noexcept;

}  // namespace cex::plugins
