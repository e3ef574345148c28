// SPDX-License-Identifier: Apache-2.0
// What the engine leaves behind for auditors and for those who trace requests.
#include <chrono>
#include <string>

#include "core/audit/reader.hpp"
#include "core/base/log.hpp"
#include "core/engine/engine.hpp"
#include "core/engine/job_trace.hpp"

namespace cex::engine {

void Engine::trace_waiting(const Claim& claim) {
  if (!claim.view.started_at) return;
  JobTrace{spans_, claim}.note("queue", claim.view.created_at, *claim.view.started_at);
}

// From the end of the last step, when its box is known to be gone, until record and result are
// kept.
void Engine::trace_cleanup(const Claim& claim, WallTime since, Verdict status) {
  JobTrace{spans_, claim}.note("cleanup", since, std::chrono::system_clock::now(),
                               {{"cex.status", std::string{to_string(status)}}},
                               status == Verdict::internal_error);
}

// Copied elsewhere with the rest of the log lines, the head makes a rollback of the whole folder
// visible.
void Engine::log_audit_head() {
  const auto now = std::chrono::steady_clock::now();
  if (now - head_logged_at_ < parts_.config.audit.head_interval) return;
  head_logged_at_ = now;
  const AuditStatus status = parts_.audit->status();
  if (status.sequence == head_logged_) return;
  head_logged_ = status.sequence;
  log::info("audit head", {{"seq", status.sequence}, {"hash", status.hash}});
}

Result<AuditPage> Engine::audit(const AuditQuery& query) const {
  return audit::read_page(parts_.config.data_dir + "/audit", query);
}

}  // namespace cex::engine
