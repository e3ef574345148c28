// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/result.hpp"

namespace cex::sandbox {

/// One thing in the root that every box starts from.
struct TemplateEntry {
  enum class Kind : std::uint8_t { folder, read_only, device, file, link, data };
  Kind kind{Kind::folder};
  std::string source;  ///< host path; a link's target
  std::string target;  ///< relative to the box's root, no leading slash
  std::string data;    ///< Kind::file
};

struct TemplateInput {
  std::vector<std::string> toolchain_roots;  ///< absolute host folders
  std::uint32_t uid_base{0};
  std::uint32_t uid_count{0};  ///< ids that get a line in the box's passwd
  bool layers{false};          ///< the launcher's working folder is seen as kLayersPlace
};

/// Where boxes see the sealed layers.
inline constexpr const char* kLayersPlace = "/layers";

/// What the root of a box holds: the toolchains read-only, a synthesised /etc, five devices, and
/// the places where a cell mounts its own file systems. Parents come before children, no target
/// twice. Reads the host's file system, changes nothing. Errors: Errc::config for a root that is
/// not an absolute, existing folder.
[[nodiscard]] Result<std::vector<TemplateEntry>> template_entries(const TemplateInput& input);

}  // namespace cex::sandbox
