// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/ports.hpp"

namespace cex::engine {

/// The runner of a node that runs nothing: every call says so.
class NoBoxes final : public BoxRunner {
 public:
  [[nodiscard]] Result<std::unique_ptr<PreparedFiles>> prepare(const FileSet& /*files*/) override {
    return fail(Errc::unsupported, kReason);
  }
  [[nodiscard]] StepOutcome run(const BoxOrder& /*order*/,
                                const supervise::CancelToken& /*cancel*/) override {
    StepOutcome outcome;
    outcome.why = WhyEnded::box_failed;
    outcome.failure = kReason;
    return outcome;
  }
  [[nodiscard]] Result<std::unique_ptr<BootedBox>> boot(
      const SandboxPlan& /*plan*/, const supervise::CancelToken& /*cancel*/) override {
    return fail(Errc::unsupported, kReason);
  }

 private:
  static constexpr const char* kReason = "this node has not the role of a worker";
};

}  // namespace cex::engine
