// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/audit/chain.hpp"
#include "core/audit/head.hpp"
#include "core/base/result.hpp"
#include "core/base/unique_fd.hpp"

namespace cex::audit {

/// A log folder that is locked, trusted and ready to be continued.
struct OpenedLog {
  UniqueFd lock;
  std::optional<Key> key;
  Link link;
  std::uint64_t file_number{1};
  std::string recovered;  ///< what had to be mended; empty if the log ended well
};

/// Everything that stands before the first write: folder, lock, key, and the proof that what is
/// there ends where the signed head says, or behind it. A torn last line is moved to `torn-N.bin`.
/// Errors: audit, with what to do; system.
[[nodiscard]] Result<OpenedLog> open_log(const std::string& directory);

}  // namespace cex::audit
