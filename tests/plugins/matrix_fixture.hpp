// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "core/plugins/registry.hpp"

namespace cex::tests {

/// A folder below <build>/plugin-matrix.
inline std::string matrix_folder(const std::string& name) {
  return std::string{CEX_MATRIX_DIR} + "/" + name;
}

inline std::shared_ptr<const plugins::Registry> load_from(
    const std::string& folder, plugins::Isolation isolation = plugins::Isolation::none) {
  plugins::SearchOptions options;
  options.directories = {folder};
  options.isolation = isolation;
  options.plugin_host = CEX_PLUGIN_HOST;
  return plugins::Registry::load(options);
}

/// "loaded", or "refused: why", of the only plugin in a folder.
inline std::string state_of(const std::string& folder,
                            plugins::Isolation isolation = plugins::Isolation::none) {
  const auto registry = load_from(folder, isolation);
  const auto found = registry->plugins();
  if (found.size() != 1) return "not one plugin in " + folder;
  const auto& info = found.front();
  return info.reason.empty() ? info.state : info.state + ": " + info.reason;
}

}  // namespace cex::tests
