// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>

#include "core/config/live.hpp"
#include "core/engine/job_store.hpp"
#include "core/engine/language_source.hpp"
#include "core/engine/layer_source.hpp"
#include "core/engine/ports.hpp"
#include "core/engine/service.hpp"

namespace cex::engine {

/// From a request to a waiting job: checks all that can be checked now, sets the record of it down
/// and hands it to the store. Borrows what it is made of. Thread-safe.
class Acceptance {
 public:
  Acceptance(const config::Live& config, Isolation isolation, LanguageSource& languages,
             LayerSource& layers, AuditLog& audit, JobStore& store, metrics::Metrics& metrics)
      : config_{config},
        isolation_{std::move(isolation)},
        languages_{languages},
        layers_{layers},
        audit_{audit},
        store_{store},
        metrics_{metrics} {}

  /// As Service::submit().
  [[nodiscard]] Result<Submitted> submit(Submission submission);

 private:
  [[nodiscard]] Result<Submitted> try_submit(Submission submission);
  [[nodiscard]] Result<NewJob> make_job(JobRequest request, const RequestContext& context) const;
  [[nodiscard]] Result<std::vector<NewJob>> make_jobs(Submission& submission) const;
  [[nodiscard]] Result<void> accept(std::vector<NewJob> jobs,
                                    std::optional<IdempotencyKey> idempotency);
  [[nodiscard]] AuditRecord base_record(const std::string& id, const JobRequest& request,
                                        const RequestContext& context, const Choice& choice) const;

  const config::Live& config_;
  const Isolation isolation_;
  LanguageSource& languages_;
  LayerSource& layers_;
  AuditLog& audit_;
  JobStore& store_;
  metrics::Metrics& metrics_;
};

}  // namespace cex::engine
