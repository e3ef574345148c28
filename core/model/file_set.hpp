// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace cex {

/// One regular file below the work folder of a box. Content is shared, never copied between steps.
struct BoxFile {
  std::string path;  ///< relative, normalised, checked by policy/path_rules
  std::shared_ptr<const std::string> content;
  bool executable{false};
  bool truncated{false};  ///< content was cut at a bound (artifacts only)
};

using FileSet = std::vector<BoxFile>;

}  // namespace cex
