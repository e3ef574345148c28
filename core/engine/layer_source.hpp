// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/engine/catalogue.hpp"

namespace cex::engine {

/// The layers of one toolchain that are ready. While it lives, their files stay.
struct LayerSet {
  std::vector<std::string> places;  ///< "id=/layers/…"
  std::vector<std::shared_ptr<const void>> held;
};

/// Where the pipeline gets layers from. Thread-safe.
class LayerSource {
 public:
  virtual ~LayerSource() = default;
  [[nodiscard]] virtual LayerSet ready(const Choice& choice) = 0;
  /// A plan made with `options` ("id=value") names these layers: those that are missing are built
  /// for later jobs, in the background.
  virtual void wanted(const Choice& choice, const std::vector<std::string>& options,
                      const std::vector<std::string>& ids) = 0;
};

/// Where nothing is made ahead.
class NoLayers final : public LayerSource {
 public:
  [[nodiscard]] LayerSet ready(const Choice& /*choice*/) override { return {}; }
  void wanted(const Choice& /*choice*/, const std::vector<std::string>& /*options*/,
              const std::vector<std::string>& /*ids*/) override {}
};

}  // namespace cex::engine
