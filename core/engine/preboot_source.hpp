// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/engine/layer_source.hpp"
#include "core/engine/ports.hpp"

namespace cex::engine {

/// Where the pipeline gets programs that were started ahead. Thread-safe.
class PrebootSource {
 public:
  virtual ~PrebootSource() = default;
  /// One that waits for a job with this plan; null if there is none, and then a later job may find
  /// one. `layers`: what the plan was made with.
  [[nodiscard]] virtual std::unique_ptr<BootedBox> take(const Choice& choice,
                                                        const SandboxPlan& plan,
                                                        const LayerSet& layers) = 0;
};

/// Where nothing is started ahead.
class NoPreboots final : public PrebootSource {
 public:
  [[nodiscard]] std::unique_ptr<BootedBox> take(const Choice& /*choice*/,
                                                const SandboxPlan& /*plan*/,
                                                const LayerSet& /*layers*/) override {
    return nullptr;
  }
};

}  // namespace cex::engine
