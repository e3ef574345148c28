// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/audit/auditor.hpp"
#include "core/engine/ports.hpp"

namespace cex::engine {

/// AuditLog over the hash-chained log on disk.
class ChainedAudit final : public AuditLog {
 public:
  explicit ChainedAudit(std::unique_ptr<audit::Auditor> auditor) : auditor_{std::move(auditor)} {}

  [[nodiscard]] Result<void> append(AuditRecord record) override {
    return auditor_->append(std::move(record));
  }
  [[nodiscard]] Result<void> health() const override { return auditor_->health(); }
  void close() override;

 private:
  std::unique_ptr<audit::Auditor> auditor_;
};

}  // namespace cex::engine
