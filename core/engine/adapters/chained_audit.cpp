// SPDX-License-Identifier: Apache-2.0
#include "core/engine/adapters/chained_audit.hpp"

#include "core/base/log.hpp"

namespace cex::engine {
namespace {

constexpr std::chrono::seconds kReopenInterval{5};

}  // namespace

Result<std::unique_ptr<ChainedAudit>> ChainedAudit::open(const std::string& directory,
                                                         const config::AuditSettings& settings) {
  CEX_TRY(auto auditor, audit::Auditor::open(directory, settings));
  return std::unique_ptr<ChainedAudit>(new ChainedAudit(directory, settings, std::move(auditor)));
}

std::shared_ptr<audit::Auditor> ChainedAudit::current() const {
  const std::lock_guard lock{mutex_};
  return auditor_;
}

Result<void> ChainedAudit::append(AuditRecord record) {
  const bool degrades = settings_.on_failure == config::AuditFailure::degrade;
  if (degrades) try_to_reopen();
  const auto auditor = current();
  auto written = auditor ? auditor->append(std::move(record))
                         : Result<void>{fail(Errc::audit, "the audit log is not open")};
  if (written || !degrades) return written;
  count_loss(written.error().message);
  return {};
}

void ChainedAudit::count_loss(const std::string& reason) {
  log::error("audit record lost, jobs go on as configured", {{"reason", reason}});
  const std::lock_guard lock{mutex_};
  ++lost_;
  ++lost_untold_;
  reason_ = reason;
}

// A log that failed is opened anew, which proves its end again.
void ChainedAudit::try_to_reopen() {
  const std::lock_guard lock{mutex_};
  const auto now = std::chrono::steady_clock::now();
  if (lost_untold_ == 0 || now < reopen_at_) return;
  reopen_at_ = now + kReopenInterval;
  auditor_.reset();  // gives its lock back, once nobody else uses it
  auto opened = audit::Auditor::open(directory_, settings_);
  if (!opened) {
    log::warning("the audit log cannot be opened again", {{"reason", opened.error().message}});
    return;
  }
  AuditRecord record;
  record.event = AuditEvent::recovered;
  record.detail = std::to_string(lost_untold_) + " records were lost: " + reason_;
  if (!(*opened)->append(std::move(record))) return;
  auditor_ = *std::move(opened);
  log::warning("the audit log is written again", {{"lost", lost_untold_}});
  lost_untold_ = 0;
}

Result<void> ChainedAudit::health() const {
  const auto auditor = current();
  if (!auditor) return fail(Errc::audit, "the audit log is not open; records are lost");
  return auditor->health();
}

AuditStatus ChainedAudit::status() const {
  AuditStatus status;
  if (const auto auditor = current()) {
    const auto log = auditor->status();
    status.sequence = log.sequence;
    status.hash = log.hash;
    status.unsynced = log.unsynced;
    status.lag_s = std::chrono::duration<double>(log.lag).count();
  }
  const std::lock_guard lock{mutex_};
  status.lost = lost_;
  return status;
}

void ChainedAudit::close() {
  const auto auditor = current();
  if (!auditor) return;
  if (auto closed = auditor->close(); !closed) {
    log::error("the audit log could not be closed in order", {{"reason", closed.error().message}});
  }
}

}  // namespace cex::engine
