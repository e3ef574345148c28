// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/cache/compile_cache.hpp"
#include "core/config/live.hpp"
#include "core/engine/job_store.hpp"
#include "core/engine/job_trace.hpp"
#include "core/engine/permits.hpp"
#include "core/engine/step_execution.hpp"
#include "core/model/audit_record.hpp"
#include "core/supervise/cancel_token.hpp"
#include "core/supervise/console.hpp"

namespace cex::engine {

/// A job's life, top to bottom: plan, decide, box, diagnose, judge; compile and then the runs. One
/// call runs one job on the calling thread, and its tests also on others where permits are left.
/// Stateless but for what it borrows; thread-safe.
class Pipeline {
 public:
  Pipeline(const config::Live& config, const StepMeans& means, cache::CompileCache& cache,
           Permits& permits, telemetry::Exporter& spans)
      : config_{config}, means_{means}, cache_{cache}, permits_{permits}, spans_{spans} {}

  /// Output as it comes, for the job's event stream; from several threads where tests run at once.
  using Emit = std::function<void(JobEvent)>;

  /// What ties a running job to those who wait for it.
  struct Strings {
    const supervise::CancelToken& cancel;
    const Emit& emit;
    supervise::Console* console{nullptr};  ///< of an interactive job
  };

  struct Ended {
    JobView view;
    /// Verdict::internal_error for a reason that another attempt may not meet.
    bool transient{false};
    std::optional<Errc> fault;  ///< of ours, where it was one
  };

  /// Never fails: our own failures end as Verdict::internal_error, with what an operator needs in
  /// `record.detail` and nothing of it in the view.
  [[nodiscard]] Ended run(const Claim& claim, const Catalogue& catalogue, const Strings& strings,
                          AuditRecord& record) const;

 private:
  const config::Live& config_;
  const StepMeans means_;
  cache::CompileCache& cache_;
  Permits& permits_;
  telemetry::Exporter& spans_;
};

}  // namespace cex::engine
