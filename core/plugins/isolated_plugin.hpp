// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.hpp"
#include "core/langspec/lang_spec.hpp"
#include "core/plugins/manifest.hpp"

namespace cex::plugins {

/// Loads a plugin's shared object, given as its bytes, into a process of its own and passes gates 2
/// and 3 as open_native() does. `program` is cex-plugin-host. A call that ends that process, or is
/// not answered within two seconds, fails and costs a strike; the next call starts it again, and
/// three strikes within ten minutes switch the plugin off until it is loaded anew. Errors:
/// Errc::plugin naming the gate, Errc::system.
[[nodiscard]] Result<std::shared_ptr<const langspec::LangSpec>> open_isolated(
    std::string_view object, const Manifest& manifest, const std::string& program);

}  // namespace cex::plugins
