// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <cex/testkit/report.hpp>

namespace cex::testkit {

struct CheckOptions {
  std::string folder;         ///< holds plugin.json
  std::string golden_folder;  ///< empty: `folder`/golden if there is one
  bool update_golden{false};  ///< write what the plugin says instead of comparing
};

/// Checks a plugin folder: the manifest on paper, the shared object's hygiene, the entry table,
/// purity under a system-call lock-down, manners with odd requests, golden records. The plugin's
/// code runs in child processes: a crash or an endless loop is a finding. Call from a
/// single-threaded process.
[[nodiscard]] Report check_plugin(const CheckOptions& options);

/// What describe() of the plugin in `folder` says, as pretty JSON; on failure empty, with the
/// reason in `problem`.
[[nodiscard]] std::string dump_description(const std::string& folder, std::string& problem);

}  // namespace cex::testkit
