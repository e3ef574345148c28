// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cex {

/// Which audit records are wanted.
struct AuditQuery {
  std::string since;   ///< as instant_text() writes it; empty: from the beginning
  std::string until;   ///< the same, not included; empty: to the end
  std::string tenant;  ///< empty: all, and records of no tenant
  std::string job;
  std::string event;
  std::string cursor;  ///< of the page before; empty: the first page
  std::size_t limit{100};
};

/// Records in their order, each the text of one line as it was written. A page may be empty though
/// more follow: a call reads a bounded part of the log.
struct AuditPage {
  std::vector<std::string> records;
  std::string cursor;  ///< where the next page begins, also at the end of the log
  bool more{false};    ///< the end of the log was not reached
};

/// An instant of a request ("2026-01-31T12:00:00Z", with or without decimals) in the form in which
/// records have theirs, so that texts compare as times do. Empty if it is none.
[[nodiscard]] std::optional<std::string> instant_text(std::string_view text);

}  // namespace cex
