// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "server/api/context.hpp"
#include "server/http/message.hpp"

namespace cex::api {

/// Is the job that the path names the caller's? Empty if so. Another tenant's job is answered as
/// one that does not exist, or ids could be probed.
[[nodiscard]] std::optional<http::Problem> check_owner(const Context& context,
                                                       const http::Request& request);

}  // namespace cex::api
