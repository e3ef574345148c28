// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/base/result.hpp"
#include "core/model/audit_page.hpp"

namespace cex::audit {

/// The records of the log in `directory` that `query` wants, from its cursor on; reads at most a
/// few MiB in a call and takes no lock, so a running server may go on writing. Does not verify.
/// Errors: invalid_request for a cursor that is not one of this log's; not_found; system.
[[nodiscard]] Result<AuditPage> read_page(const std::string& directory, const AuditQuery& query);

/// The cursor of the end of the log as it is now, less the last `lines` records. Errors: not_found;
/// system.
[[nodiscard]] Result<std::string> cursor_before_end(const std::string& directory,
                                                    std::size_t lines);

}  // namespace cex::audit
