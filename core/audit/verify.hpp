// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/result.hpp"

namespace cex::audit {

struct VerifyOptions {
  /// PEM file with the public key to trust; empty: `key.pub` beside the log. A key kept elsewhere
  /// also finds a log that was made anew as a whole.
  std::string public_key;
};

struct VerifyReport {
  struct Finding {
    std::string file;
    std::uint64_t line{0};  ///< 1-based; 0: the file as a whole
    std::string message;
  };
  std::uint64_t files{0};
  std::uint64_t records{0};
  std::uint64_t first_sequence{0};
  std::uint64_t last_sequence{0};
  std::uint64_t signed_sequence{0};  ///< what the head covers; 0 if there is no valid head
  std::vector<Finding> findings;     ///< anything here: the log is not what was written
  std::vector<std::string> notes;    ///< worth knowing, no proof of anything bad

  [[nodiscard]] bool ok() const noexcept { return findings.empty(); }
};

/// Reads a whole log (a folder) or one of its files and looks for changed, removed, inserted and
/// reordered records, and for a cut tail (the log is shorter than its signed head, or the head is
/// missing or not signed by the key). Never writes; takes no lock, so a record that a running
/// server is just writing shows as a note. Errors: not_found, system.
[[nodiscard]] Result<VerifyReport> verify(const std::string& path,
                                          const VerifyOptions& options = {});

}  // namespace cex::audit
