// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace cex {

/// Where a file that the configuration names lies: a name without a slash is one of the service
/// manager's credentials ($CREDENTIALS_DIRECTORY), everything else a path.
[[nodiscard]] Result<std::string> secret_path(const std::string& named);

/// Is it a regular file that nobody but its owner may read? Credentials are protected by the
/// service manager and pass. Errors: Errc::config, with what to do.
[[nodiscard]] Result<void> check_secret_file(const std::string& path);

/// The secret in the file, without the newlines at its end: 16 bytes to 64 KiB. Errors:
/// Errc::config, which name the file and never what is in it.
[[nodiscard]] Result<std::string> read_secret(const std::string& named);

}  // namespace cex
