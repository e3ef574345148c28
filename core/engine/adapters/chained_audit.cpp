// SPDX-License-Identifier: Apache-2.0
#include "core/engine/adapters/chained_audit.hpp"

#include "core/base/log.hpp"

namespace cex::engine {

void ChainedAudit::close() {
  if (auto closed = auditor_->close(); !closed) {
    log::error("the audit log could not be closed in order", {{"reason", closed.error().message}});
  }
}

}  // namespace cex::engine
