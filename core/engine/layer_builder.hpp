// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/config/config.hpp"
#include "core/engine/catalogue.hpp"
#include "core/engine/memory_budget.hpp"
#include "core/engine/ports.hpp"
#include "core/policy/layer_rules.hpp"

namespace cex::engine {

/// What makes layers: plans of the warm phase, run in boxes in which nothing of any user is.
class LayerBuilder {
 public:
  LayerBuilder(const config::Config& config, BoxRunner& runner, MemoryBudget& memory)
      : config_{config}, runner_{runner}, memory_{memory} {}

  /// What the plugin proposes for this toolchain and these options, decided. Errors: plugin,
  /// policy.
  [[nodiscard]] Result<std::vector<policy::LayerPlan>> plan(
      const Choice& choice, const std::vector<std::string>& options) const;

  /// Everything that a layer depends on, as a text: what watched() names, the plugin, the steps.
  [[nodiscard]] Result<std::string> key(const Choice& choice, const policy::LayerPlan& plan) const;
  /// Files and folders whose change makes the layer stale.
  [[nodiscard]] static std::vector<std::string> watched(const Choice& choice,
                                                        const policy::LayerPlan& plan);

  /// Runs the steps, one after the other, at the pace of one CPU. The answer is what the layer
  /// holds. Errors: internal, with the step and how it ended; a job never hears of them.
  [[nodiscard]] Result<FileSet> build(const policy::LayerPlan& plan,
                                      const supervise::CancelToken& cancel) const;

 private:
  const config::Config& config_;
  BoxRunner& runner_;
  MemoryBudget& memory_;
};

}  // namespace cex::engine
