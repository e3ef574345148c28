// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>

#include "core/config/config.hpp"
#include "core/engine/ports.hpp"
#include "core/sandbox/slot_pool.hpp"

namespace cex::engine {

/// BoxRunner over the real slots.
class SlotRunner final : public BoxRunner {
 public:
  /// A ready cell is normally there at once; after a launcher's death it takes a moment.
  static constexpr std::chrono::milliseconds kPatience{20'000};

  /// What a job with a network may do with it, asked for each.
  using NetworkNow = std::function<config::NetworkSettings()>;

  SlotRunner(sandbox::SlotPool& pool, NetworkNow network,
             std::chrono::milliseconds patience = kPatience)
      : pool_{pool}, network_{std::move(network)}, patience_{patience} {}
  SlotRunner(sandbox::SlotPool& pool, config::NetworkSettings network,
             std::chrono::milliseconds patience = kPatience)
      : SlotRunner{pool, [network = std::move(network)] { return network; }, patience} {}

  [[nodiscard]] Result<std::unique_ptr<PreparedFiles>> prepare(const FileSet& files) override;
  [[nodiscard]] StepOutcome run(const BoxOrder& order,
                                const supervise::CancelToken& cancel) override;
  [[nodiscard]] Result<std::unique_ptr<BootedBox>> boot(
      const SandboxPlan& plan, const supervise::CancelToken& cancel) override;

 private:
  sandbox::SlotPool& pool_;
  const NetworkNow network_;
  const std::chrono::milliseconds patience_;
};

}  // namespace cex::engine
