// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/engine/catalogue.hpp"

namespace cex::engine {

/// The languages that can be asked for: this server's own, or those of all workers of a cluster.
/// Thread-safe.
class LanguageSource {
 public:
  virtual ~LanguageSource() = default;
  /// What holds now; it stays as it is for who has it.
  [[nodiscard]] virtual std::shared_ptr<const Catalogue> current() const = 0;
  /// False: there may be more than it has heard of so far, so what it lacks is no final answer.
  [[nodiscard]] virtual bool is_settled() const { return true; }
  /// Called now and then; may ask other nodes.
  virtual void refresh() = 0;
};

}  // namespace cex::engine
