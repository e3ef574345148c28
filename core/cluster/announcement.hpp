// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/langspec/plan.hpp"
#include "core/model/language_info.hpp"

namespace cex::cluster {

/// A language as a worker has it: enough to check a request for it elsewhere.
struct AnnouncedLanguage {
  langspec::Language language;
  std::vector<langspec::Option> options;        ///< of this language
  std::vector<langspec::Toolchain> toolchains;  ///< the default first; none: not usable there
  std::vector<std::string> tools;
  std::string reason;  ///< where it is not usable
  PluginInfo plugin;   ///< id, version, kind and hash
};

using Announcement = std::vector<AnnouncedLanguage>;

[[nodiscard]] std::string encode(const Announcement& announcement);
/// Errors: internal, for bytes that are none.
[[nodiscard]] Result<Announcement> decode_announcement(std::string_view bytes);

}  // namespace cex::cluster
