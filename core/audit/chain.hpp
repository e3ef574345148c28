// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.hpp"
#include "core/model/audit_record.hpp"

namespace cex::audit {

/// What the next record's `prev` must be, and where the chain stands.
struct Link {
  std::uint64_t sequence{0};  ///< of the last record; 0 before the first
  std::string hash;           ///< of the last record
};

/// Where a new log begins: sequence 0 and a hash of 64 zeros.
[[nodiscard]] Link chain_start();

/// The line (with its newline) that continues the chain at `link` with `record`, whose sequence
/// must be set; `link` moves on to it.
[[nodiscard]] std::string seal(const AuditRecord& record, Link& link);

/// One line as it was read back.
struct SealedLine {
  std::uint64_t sequence{0};
  std::string previous;
  std::string hash;
};

/// Takes a line apart and proves that its hash is its own. Errors: audit, saying what is wrong.
[[nodiscard]] Result<SealedLine> open_line(std::string_view line);

/// The same for a line that seal() made after `link`, many times cheaper: it is not read as JSON,
/// only shown to be what the chain's next hash was made of. Empty where that cannot be shown, and
/// open_line() tells why. Enough for what is signed by a later head.
[[nodiscard]] std::optional<SealedLine> follow_line(std::string_view line, const Link& link);

}  // namespace cex::audit
