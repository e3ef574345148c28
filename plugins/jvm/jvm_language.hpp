// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include <cex/plugin.hpp>

namespace cex::plugins::jvm {

/// What one language of the family answers; the functions are pure.
struct JvmLanguage {
  std::string_view id;
  void (*describe)(plugin::Describe& describe);
  std::optional<plugin::Toolchain> (*recognise)(const plugin::ProbeOutput& output);
  plugin::Plan (*plan)(const plugin::PlanRequest& request);
  std::vector<plugin::Diagnostic> (*diagnose)(std::string_view text);
};

[[nodiscard]] JvmLanguage java();
[[nodiscard]] JvmLanguage kotlin();
[[nodiscard]] JvmLanguage scala();
[[nodiscard]] JvmLanguage groovy();
[[nodiscard]] JvmLanguage clojure();

}  // namespace cex::plugins::jvm
