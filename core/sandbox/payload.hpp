// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/base/unique_fd.hpp"
#include "core/sandbox/mount_table.hpp"
#include "core/sandbox/seccomp.hpp"

namespace cex::sandbox {

/// Everything a launcher needs to know, flattened to wire::Payload in a sealed memfd.
[[nodiscard]] Result<UniqueFd> make_payload(const std::vector<TemplateEntry>& entries,
                                            const Filters& filters);

/// `bytes` in a memfd that nobody, not even we, can change or resize any more.
[[nodiscard]] Result<UniqueFd> sealed_memfd(const char* name, const std::string& bytes);

}  // namespace cex::sandbox
