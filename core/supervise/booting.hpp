// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "core/base/result.hpp"
#include "core/model/sandbox_plan.hpp"
#include "core/sandbox/slot_pool.hpp"
#include "core/supervise/cancel_token.hpp"

namespace cex::supervise {

/// Starts the plan's program in the lease's cell, ahead of its job: it finds the pipes of its gate
/// at wire::kGateGoFd and wire::kGateReadyFd, says that it has come so far, and waits. run_step()
/// with `booted` then gives it its job. `archive`: files that it needs until then. The answer is
/// what memory its box holds, in bytes. Errors: system, and internal where it ended, took longer
/// than the plan's wall time or printed something; the lease is of no use then but to be dropped.
[[nodiscard]] Result<std::uint64_t> boot(sandbox::SlotLease& lease, const SandboxPlan& plan,
                                         int archive, const CancelToken& cancel);

/// Ends what waits in the lease's cell; the lease can be dropped afterwards.
void discard(sandbox::SlotLease& lease);

/// It still waits, as far as one can tell.
[[nodiscard]] bool still_waits(const sandbox::SlotLease& lease);

}  // namespace cex::supervise
