// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/storage/sqlite.hpp"

namespace cex::storage {

/// Makes the tables in an empty file. Errors: Errc::config for a file of a newer version.
[[nodiscard]] Result<void> prepare_schema(Database& database);

}  // namespace cex::storage
