// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "core/audit/auditor.hpp"
#include "core/engine/ports.hpp"

namespace cex::engine {

/// AuditLog over the hash-chained log on disk. With AuditFailure::degrade a log that fails loses
/// records, which are counted, and is tried again now and then; once it works, a `recovered` record
/// says how many were lost.
class ChainedAudit final : public AuditLog {
 public:
  /// Errors: those of audit::Auditor::open().
  [[nodiscard]] static Result<std::unique_ptr<ChainedAudit>> open(
      const std::string& directory, const config::AuditSettings& settings);

  [[nodiscard]] Result<void> append(AuditRecord record) override;
  [[nodiscard]] Result<void> health() const override;
  [[nodiscard]] AuditStatus status() const override;
  void close() override;

 private:
  ChainedAudit(std::string directory, const config::AuditSettings& settings,
               std::shared_ptr<audit::Auditor> auditor)
      : directory_{std::move(directory)}, settings_{settings}, auditor_{std::move(auditor)} {}

  [[nodiscard]] std::shared_ptr<audit::Auditor> current() const;
  void count_loss(const std::string& reason);
  void try_to_reopen();

  const std::string directory_;
  const config::AuditSettings settings_;
  mutable std::mutex mutex_;
  std::shared_ptr<audit::Auditor> auditor_;  ///< null while the log cannot be opened
  std::uint64_t lost_{0};
  std::uint64_t lost_untold_{0};  ///< of those, what no record tells of yet
  std::string reason_;            ///< of the last loss
  std::chrono::steady_clock::time_point reopen_at_{};
};

}  // namespace cex::engine
