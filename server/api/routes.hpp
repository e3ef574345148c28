// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "server/api/context.hpp"
#include "server/http/router.hpp"

namespace cex::api {

/// Everything that this server answers. The paths of openapi.json are the same, by test.
[[nodiscard]] std::vector<http::Route> make_routes(Context& context);

}  // namespace cex::api
