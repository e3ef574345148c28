// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/engine/admission.hpp"
#include "core/engine/layer_source.hpp"
#include "core/engine/memory_budget.hpp"
#include "core/engine/ports.hpp"
#include "core/engine/preboot_source.hpp"
#include "core/metrics/metrics.hpp"

namespace cex::engine {

/// What steps are carried out with; borrowed.
struct StepMeans {
  BoxRunner& runner;
  MemoryBudget& memory;
  LayerSource& layers;
  PrebootSource& preboots;
  metrics::Metrics& metrics;
};

/// What the audit record learns of one step.
struct Account {
  std::string plan;  // hash
  Usage usage;
  NetworkReport network;
  bool transient{false};  // it failed for a reason of ours that may pass
};

/// One step to be carried out; all borrowed.
struct StepOrder {
  const SandboxPlan& plan;
  const PreparedFiles& files;
  std::string_view input;
  std::function<void(bool err, std::string_view piece)> observe;  ///< may be empty
  supervise::Console* console{nullptr};  ///< null: nobody speaks to the program
};

/// Carries the steps of one job out: waits for their memory, takes a program that was started ahead
/// if there is one, tries again where we failed and nobody has noticed. Thread-safe: tests of a job
/// run side by side.
class StepExecution {
 public:
  /// `job`: its id, for the log. Borrows both, and what `means` names.
  StepExecution(const StepMeans& means, const supervise::CancelToken& cancel,
                const std::string& job)
      : means_{means}, cancel_{cancel}, job_{job} {}

  /// Blocks until the step has ended.
  [[nodiscard]] StepOutcome run(const Admitted& admitted, const StepOrder& order,
                                Account& account) const;

 private:
  [[nodiscard]] StepOutcome in_boxes(const Admitted& admitted, const StepOrder& order) const;

  const StepMeans means_;
  const supervise::CancelToken& cancel_;
  const std::string& job_;
};

}  // namespace cex::engine
