// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/base/unique_fd.hpp"
#include "core/model/outcome.hpp"
#include "core/model/sandbox_plan.hpp"
#include "core/sandbox/slot_pool.hpp"
#include "core/supervise/cancel_token.hpp"
#include "core/supervise/console.hpp"

namespace cex::supervise {

enum class Stream : std::uint8_t { out, err };

/// One step to run: the decided plan, its files as an archive (see sandbox/launch_image.hpp), its
/// input, and who wants to see its output as it comes.
struct StepOrder {
  const SandboxPlan& plan;
  int archive;                                            ///< sealed memfd, borrowed
  std::string_view input;                                 ///< stdin, borrowed
  std::vector<std::string> outputs;                       ///< globs of files to bring back
  std::function<void(Stream, std::string_view)> observe;  ///< may be empty
  /// Who speaks to it while it runs, after `input`; borrowed. Null: its stdin ends with `input`.
  Console* console{nullptr};
  bool booted{false};  ///< its program waits in the lease's cell already: see booting.hpp
  /// Takes the socket that listens in the box of a plan with a network; an error ends the step.
  std::function<Result<void>(UniqueFd listener)> connect{};
};

/// Runs one step in the lease's cell: feeds, captures, holds the clocks, ends it by the first
/// cause. Returns when the main process has ended and its counters are read; where outputs were
/// asked for or the step was cancelled, only when every process of the box is gone. Never fails:
/// what is our fault comes as WhyEnded::box_failed with the reason in `failure`.
[[nodiscard]] StepOutcome run_step(sandbox::SlotLease& lease, const StepOrder& order,
                                   const CancelToken& cancel);

}  // namespace cex::supervise
