// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/config/config.hpp"
#include "core/engine/ports.hpp"
#include "core/sandbox/slot_pool.hpp"

namespace cex::engine {

/// BoxRunner over the real slots.
class SlotRunner final : public BoxRunner {
 public:
  SlotRunner(sandbox::SlotPool& pool, config::NetworkSettings network)
      : pool_{pool}, network_{std::move(network)} {}

  [[nodiscard]] Result<std::unique_ptr<PreparedFiles>> prepare(const FileSet& files) override;
  [[nodiscard]] StepOutcome run(const BoxOrder& order,
                                const supervise::CancelToken& cancel) override;

 private:
  sandbox::SlotPool& pool_;
  const config::NetworkSettings network_;
};

}  // namespace cex::engine
