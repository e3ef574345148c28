// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/langspec/plan.hpp"
#include "core/model/diagnostic.hpp"

namespace cex::langspec {

/// A plugin as the engine sees it, whatever kind it is (shared object, declarative file, worker).
/// Pure and thread-safe: same request, same answer; every failure is Errc::plugin naming the
/// plugin.
class LangSpec {
 public:
  virtual ~LangSpec() = default;
  LangSpec() = default;
  LangSpec(const LangSpec&) = delete;
  LangSpec& operator=(const LangSpec&) = delete;

  [[nodiscard]] virtual Result<Description> describe() const = 0;
  /// Empty if the plugin does not recognise the output as a toolchain of its.
  [[nodiscard]] virtual Result<std::optional<Toolchain>> recognise(
      const ProbeOutput& output) const = 0;
  /// An empty plan means: nothing to do in this phase.
  [[nodiscard]] virtual Result<Plan> plan(const PlanRequest& request) const = 0;
  /// `text` is capped by the caller (256 KiB, lines of 4 KiB).
  [[nodiscard]] virtual Result<std::vector<Diagnostic>> diagnose(std::string_view language,
                                                                 std::string_view text,
                                                                 bool truncated) const = 0;

  /// Why the plugin answers nothing any more; empty while it does.
  [[nodiscard]] virtual std::string trouble() const { return {}; }
};

}  // namespace cex::langspec
