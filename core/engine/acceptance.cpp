// SPDX-License-Identifier: Apache-2.0
#include "core/engine/acceptance.hpp"

#include "core/base/ids.hpp"
#include "core/base/text.hpp"
#include "core/engine/admission.hpp"
#include "core/engine/planning.hpp"

namespace cex::engine {
namespace {

/// Gives a reserved key back, however the submission ends; by then the store has it, if it was
/// used.
class Reservation {
 public:
  Reservation(JobStore& store, std::string tenant, IdempotencyKey key)
      : store_{store}, tenant_{std::move(tenant)}, key_{std::move(key)} {}
  ~Reservation() { store_.release(tenant_, key_); }
  Reservation(const Reservation&) = delete;
  Reservation& operator=(const Reservation&) = delete;

 private:
  JobStore& store_;
  std::string tenant_;
  IdempotencyKey key_;
};

bool lacks_a_language(const Error& error) {
  return error.code == Errc::unknown_language || error.code == Errc::unknown_version ||
         error.code == Errc::language_unusable;
}

}  // namespace

AuditRecord Acceptance::base_record(const std::string& id, const JobRequest& request,
                                    const RequestContext& context, const Choice& choice) const {
  AuditRecord record;
  record.event = AuditEvent::accepted;
  record.job = id;
  record.tenant = context.tenant;
  record.key = context.key;
  record.request_id = context.request_id;
  record.peer = context.peer;
  record.trace_id = context.trace_id;
  record.language = choice.language->id;
  record.toolchain = choice.toolchain->id;
  record.toolchain_version = choice.toolchain->version;
  record.plugin = choice.plugin->info.id;
  record.plugin_version = choice.plugin->info.version;
  record.plugin_sha256 = choice.plugin->info.sha256;
  record.labels = request.labels;
  record.isolation = isolation_;
  if (request.source) {
    record.sources.push_back({choice.language->default_file, sha256_hex(*request.source)});
  }
  for (const auto& file : request.files) {
    record.sources.push_back({file.path, sha256_hex(*file.content)});
  }
  return record;
}

Result<NewJob> Acceptance::make_job(JobRequest request, const RequestContext& context) const {
  const auto config = config_.now();
  const auto catalogue = languages_.current();
  auto admission = admit(request, context.permit, *catalogue, *config);
  if (!admission && lacks_a_language(admission.error()) && !languages_.is_settled()) {
    return fail(Errc::not_ready, "the workers of this queue are not known yet; try again");
  }
  CEX_TRY(Admitted admitted, std::move(admission));
  if (request.callback && !store_.keeps_callbacks()) {
    return fail_at(Errc::forbidden, "/callback_url", "this server's queue keeps no callbacks");
  }
  admitted.layers = layers_.ready(admitted.choice);
  // Planning is pure, so what a plugin finds impossible is told now instead of by a failed job; not
  // where only the workers have the plugin.
  if (admitted.choice.plugin->spec) {
    const auto plans = plan_all(request, admitted, *config, 1);
    if (!plans && plans.error().code == Errc::invalid_request) {
      return tl::unexpected(plans.error());
    }
  }

  NewJob job;
  JobView& view = job.view;
  view.id = random_hex(16);
  view.tenant = context.tenant;
  view.language_id = admitted.choice.language->id;
  view.language_name = admitted.choice.language->name;
  view.version = admitted.choice.toolchain->version;
  view.plugin = admitted.choice.plugin->info.id;
  view.plugin_version = admitted.choice.plugin->info.version;
  view.created_at = std::chrono::system_clock::now();
  view.labels = request.labels;
  view.trace_id = context.trace_id;
  view.isolation = isolation_;
  view.interactive = request.interactive;
  view.compiled = admitted.choice.language->compiled;
  view.callback = request.callback;
  job.ttl = request.ttl_s ? std::chrono::seconds{*request.ttl_s} : config->results.ttl;
  job.deadline = view.created_at + request.max_queue.value_or(config->queue.max_wait);

  job.record = base_record(view.id, request, context, admitted.choice);
  job.record.compile_limits = admitted.compile_limits;
  job.record.run_limits = admitted.runs.front().limits;
  for (const auto& destination : admitted.network) {
    job.record.network_granted.push_back(to_string(destination));
  }
  job.request = std::move(request);
  job.context = context;
  return job;
}

Result<std::vector<NewJob>> Acceptance::make_jobs(Submission& submission) const {
  std::vector<NewJob> jobs;
  for (std::size_t i = 0; i < submission.jobs.size(); ++i) {
    auto job = make_job(std::move(submission.jobs[i]), submission.context);
    if (!job) {
      Error error = std::move(job).error();
      if (submission.batch) error.pointer.insert(0, "/jobs/" + std::to_string(i));
      return tl::unexpected(std::move(error));
    }
    jobs.push_back(*std::move(job));
  }
  return jobs;
}

// Without a record there is no job: an operator must be able to tell what ran.
Result<void> Acceptance::accept(std::vector<NewJob> jobs,
                                std::optional<IdempotencyKey> idempotency) {
  std::vector<AuditRecord> records;
  for (const NewJob& job : jobs) {
    records.push_back(job.record);
    CEX_CHECK(audit_.append(job.record));
  }
  auto queued = store_.enqueue(std::move(jobs), std::move(idempotency));
  if (queued) {
    for (const AuditRecord& record : records) metrics_.job_accepted(record.language);
    return {};
  }
  for (AuditRecord& record : records) {
    record.event = AuditEvent::abandoned;
    record.detail = queued.error().message;
    CEX_CHECK(audit_.append(std::move(record)));
  }
  return queued;
}

Result<Submitted> Acceptance::submit(Submission submission) {
  auto submitted = try_submit(std::move(submission));
  if (!submitted) metrics_.job_refused(to_string(submitted.error().code));
  return submitted;
}

Result<Submitted> Acceptance::try_submit(Submission submission) {
  std::optional<Reservation> reservation;
  if (submission.idempotency) {
    const std::string& tenant = submission.context.tenant;
    CEX_TRY(const auto made, store_.reserve(tenant, *submission.idempotency));
    if (made) return Submitted{.ids = *made, .replayed = true};
    reservation.emplace(store_, tenant, *submission.idempotency);
  }
  CEX_TRY(auto jobs, make_jobs(submission));
  Submitted submitted;
  for (const NewJob& job : jobs) submitted.ids.push_back(job.view.id);
  CEX_CHECK(accept(std::move(jobs), std::move(submission.idempotency)));
  return submitted;
}

}  // namespace cex::engine
