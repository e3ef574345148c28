// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include <cex/plugin.hpp>

namespace cex::plugins {

/// C and C++, by GCC and, where it is installed, by Clang.
class CppSpec final : public plugin::LangSpec {
 public:
  void describe(plugin::Describe& describe) const override;
  [[nodiscard]] std::optional<plugin::Toolchain> recognise(
      const plugin::ProbeOutput& output) const override;
  [[nodiscard]] plugin::Plan plan(const plugin::PlanRequest& request) const override;
  [[nodiscard]] std::vector<plugin::Diagnostic> diagnose(
      const plugin::CompilerOutput& output) const override;
};

}  // namespace cex::plugins
