// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "server/api/context.hpp"
#include "server/http/router.hpp"

namespace cex::api {

/// Everything that this server answers. The paths of openapi.json are the same, by test.
[[nodiscard]] std::vector<http::Route> make_routes(Context& context);

/// What answers at server.health_listen: health and nothing that could run or tell of a job.
[[nodiscard]] std::vector<http::Route> make_health_routes(Context& context);

}  // namespace cex::api
