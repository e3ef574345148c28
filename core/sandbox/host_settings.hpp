// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/model/language_info.hpp"

namespace cex::sandbox {

/// What weakens boxes, or the machine around them, without making them impossible: each finding is
/// State::degraded with what to do. Reads files below `root` ("" is this machine; a test's folder
/// otherwise); what cannot be read is no finding. Changes nothing.
[[nodiscard]] std::vector<HealthCheck> check_settings(const std::string& root);

/// True if memory may be written to a swap device or file now.
[[nodiscard]] bool has_swap(const std::string& root);

/// Public bugs that make a plain user root on this kernel and whose fixed versions are known
/// upstream. `release` and `version` as uname tells them; Debian's package version is read out of
/// the latter. Empty where a distribution's own numbering does not tell. Pure.
[[nodiscard]] std::vector<std::string> known_bugs(const std::string& release,
                                                  const std::string& version);

}  // namespace cex::sandbox
